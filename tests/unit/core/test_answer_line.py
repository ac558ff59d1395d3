"""The answers of a child process: whole lines from many threads, and silence where no parent reads."""

import json
import os
import subprocess
import sys
from threading import Thread

import pytest

from livecam.core.answer_line import AnswerLine

CHILDREN = {
    "helper": ("livecam.studio.helper.main", '{"number": 1, "do": "questions", "words": {}}\n'),
    "job": (
        "livecam.jobs.work",
        '{"id": "1", "kind": "none", "inputs": [], "settings": {}, "folder": ".", "data_folder": "."}\n',
    ),
    "session": ("livecam.studio.session.main", '{"data_folder": ".", "preview": {"port": 1, "secret": ""}}\n'),
}


def test_lines_of_many_threads_arrive_whole():
    read, write = os.pipe()
    line = AnswerLine(write)
    said = [{"number": number, "words": "x" * 40_000} for number in range(8)]
    threads = [Thread(target=line.say, args=(item,)) for item in said]
    for thread in threads:
        thread.start()
    with os.fdopen(read, encoding="utf-8") as answers:
        heard = [json.loads(answers.readline()) for _ in said]
    os.close(write)
    assert sorted(heard, key=lambda item: item["number"]) == said


def test_a_line_without_a_reader_is_lost_in_silence():
    read, write = os.pipe()
    os.close(read)
    AnswerLine(write).say({"number": 1})
    os.close(write)


def test_prints_do_not_reach_the_answers(capfd):
    usual, (read, write) = os.dup(1), os.pipe()
    os.dup2(write, 1)
    try:
        line = AnswerLine.take_output()
        os.write(1, b"printed by native code")
        line.say({"n": 1})
    finally:
        os.dup2(usual, 1)
    os.close(write)
    os.close(line._descriptor)
    with os.fdopen(read) as answers:
        assert answers.read() == '{"n": 1}\n'
    os.close(usual)
    assert capfd.readouterr().err == "printed by native code"


@pytest.mark.parametrize("name", CHILDREN)
def test_a_child_without_a_parent_ends_without_a_traceback(name, tmp_path):
    module, asked = CHILDREN[name]
    child = subprocess.Popen(
        [sys.executable, "-P", "-m", module, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    child.stdout.close()
    child.stdin.write(asked)
    child.stdin.close()
    errors = child.stderr.read()
    child.stderr.close()
    child.wait()
    assert "Traceback" not in errors and "Exception" not in errors, errors
