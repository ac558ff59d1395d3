"""Commands of this system for installing what pip cannot."""

from pathlib import Path

_COMMANDS = {
    "v4l2loopback": {
        "debian": 'sudo apt install v4l2loopback-dkms "linux-headers-$(uname -r)"',
        "fedora": "sudo dnf install akmod-v4l2loopback   # from RPM Fusion",
        "arch": "sudo pacman -S v4l2loopback-dkms",
        "suse": "sudo zypper install v4l2loopback-kmp-default",
        "": "install v4l2loopback (https://github.com/v4l2loopback/v4l2loopback)",
    },
    "pipewire": {
        "debian": "sudo apt install pipewire wireplumber",
        "fedora": "sudo dnf install pipewire wireplumber",
        "arch": "sudo pacman -S pipewire wireplumber",
        "suse": "sudo zypper install pipewire wireplumber",
        "": "install PipeWire 0.3.50 or newer (https://pipewire.org)",
    },
    "pulse": {
        "debian": "sudo apt install pulseaudio-utils libpulse0",
        "fedora": "sudo dnf install pulseaudio-utils pulseaudio-libs",
        "arch": "sudo pacman -S libpulse",
        "suse": "sudo zypper install pulseaudio-utils libpulse0",
        "": "install pactl and libpulse (https://www.freedesktop.org/wiki/Software/PulseAudio)",
    },
    "portaudio": {
        "debian": "sudo apt install libportaudio2",
        "fedora": "sudo dnf install portaudio",
        "arch": "sudo pacman -S portaudio",
        "suse": "sudo zypper install libportaudio2",
        "": "install PortAudio (https://portaudio.com)",
    },
}


def find_install_command(package: str, root: Path = Path("/")) -> str:
    """Return the package manager's command by /etc/os-release, or an address.

    `root` has the folder etc.
    """
    try:
        lines = (root / "etc/os-release").read_text().splitlines()
    except OSError:
        lines = []
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    family = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "")
    commands = _COMMANDS[package]
    return next(command for name, command in commands.items() if name in family)
