"""What the machine is, has and lacks, and what is asked before a face or voice is used."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from livecam.studio.access import Grant
from livecam.studio.context import Studio, needs, studio_of
from livecam.studio.models import Devices, FindingBody, MachineFacts, Questions

router = APIRouter(tags=["machine"], dependencies=[Depends(needs(Grant.VIEW))])
Here = Annotated[Studio, Depends(studio_of)]


@router.get("/machine", response_model=MachineFacts)
async def machine(here: Here) -> Any:
    """The machine and this version."""
    return await here.cached_answer("machine")


@router.get("/devices", response_model=Devices)
async def devices(here: Here) -> Any:
    """Cameras, virtual cameras, microphones and engines, as they are now."""
    return await here.helper.ask("devices")


@router.get("/doctor", response_model=list[FindingBody])
async def doctor(here: Here) -> Any:
    """What `livecam doctor` finds, with the command that helps."""
    return await here.helper.ask("doctor")


@router.get("/consent", response_model=Questions)
async def consent(here: Here) -> Any:
    """What is asked, in the words of the command line; no answer is chosen beforehand."""
    return await here.cached_answer("questions")
