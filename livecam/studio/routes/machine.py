"""What the machine is, has and lacks.

What is asked before a face or voice is used.
"""

from typing import Any

from fastapi import APIRouter

from livecam.studio.models import Devices, FindingBody, MachineFacts, Questions
from livecam.studio.needs import VIEW, Here

router = APIRouter(tags=["machine"], dependencies=VIEW)


@router.get("/machine", response_model=MachineFacts)
async def machine(here: Here) -> Any:
    """Return the machine and this version."""
    return await here.cached_answer("machine")


@router.get("/devices", response_model=Devices)
async def devices(here: Here) -> Any:
    """Return cameras, virtual cameras, microphones and engines, as they are now."""
    return await here.helper.ask("devices")


@router.get("/doctor", response_model=list[FindingBody])
async def doctor(here: Here) -> Any:
    """Return what `livecam doctor` finds, with the command that helps."""
    return await here.helper.ask("doctor")


@router.get("/consent", response_model=Questions)
async def consent(here: Here) -> Any:
    """Return what is asked, in the words of the command line.

    No answer is chosen beforehand.
    """
    return await here.cached_answer("questions")
