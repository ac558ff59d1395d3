"""How a phone on the same network reaches the studio.

Its address as a QR code, and the authority to trust.
"""

from io import BytesIO
from typing import Any

from fastapi import APIRouter, Response

from livecam.studio.models import LanBody
from livecam.studio.needs import OPERATE, Here
from livecam.studio.problem import conflict

router = APIRouter(prefix="/lan", tags=["access"], dependencies=OPERATE)


@router.get("", response_model=LanBody)
async def lan(here: Here) -> Any:
    """Return whether the studio listens on the network.

    What to compare before it is trusted.
    """
    lan = here.lan
    if lan is None:
        return {"on": False, "address": None, "fingerprint": None}
    return {"on": True, "address": lan.address, "fingerprint": lan.certificate.fingerprint}


@router.get("/qr.svg", response_class=Response, responses={200: {"content": {"image/svg+xml": {}}}})
async def code(here: Here) -> Response:
    """Return the camera page's address as a QR code.

    Its token allows to be the camera and nothing else.
    """
    import segno

    if here.lan is None:
        raise conflict("the studio listens on this computer alone", "livecam studio --lan")
    image = BytesIO()
    segno.make(here.camera_address(), error="m").save(image, kind="svg", scale=6, border=4, light="#fff")
    return Response(image.getvalue(), media_type="image/svg+xml")


@router.get("/authority.crt", response_class=Response, responses={200: {"content": {"application/x-x509-ca-cert": {}}}})
async def authority(here: Here) -> Response:
    """Return the certificate authority of this installation, for a phone to trust.

    It can vouch for this computer alone.
    """
    if here.lan is None:
        raise conflict("the studio listens on this computer alone", "livecam studio --lan")
    headers = {"Content-Disposition": 'attachment; filename="livecam-studio.crt"'}
    return Response(here.lan.certificate.authority, media_type="application/x-x509-ca-cert", headers=headers)
