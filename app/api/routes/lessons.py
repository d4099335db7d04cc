"""The lessons, what a run shows of their claims, and the collapse of a linear network into one layer."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from app.api.dependencies import AnyRun
from app.api.inspection_route import inspection_route
from app.api.routes.model import Member
from app.course import Lesson, lessons
from app.errors import NotFound
from app.web.problems import problem_documents
from app.web.responses import answered
from engine.training.evaluation import FIGURES

router = APIRouter(tags=["lessons"])


class Course(BaseModel):
    """Every lesson, in order."""

    lessons: list[Lesson]


@router.get("/lessons", response_model=Course)
async def list_lessons() -> dict[str, Any]:
    """The course: texts, configs to run, steps to try, and claims with the evidence that a run must show."""
    return {"lessons": lessons()}


@router.get("/lessons/{slug}", response_model=Lesson, responses=problem_documents(404, 422))
async def read_lesson(slug: Annotated[str, Path(examples=["dining-hall"])]) -> Lesson:
    """One lesson."""
    course = {lesson.slug: lesson for lesson in lessons()}
    if slug not in course:
        raise NotFound(f"There is no lesson {slug[:40]!r}; choose one of {', '.join(course)}.")
    return course[slug]


@inspection_route(router, "GET", "/runs/{run_id}/collapsed", "collapsed", 404, 409)
async def read_collapsed(session: AnyRun, member: Member = 0) -> Any:
    """The single layer that is equivalent to all layers of a linear network."""
    return answered(await session.query("collapsed", member=member))


@inspection_route(router, "GET", "/runs/{run_id}/evidence", "evidence", 404)
async def read_evidence(
    session: AnyRun,
    lesson: Annotated[str, Query(max_length=100, description="The slug of a lesson.", examples=["dining-hall"])],
) -> Any:
    """What the run shows of each claim of a lesson: for every piece of evidence, when it is due, the value, the
    verdict.

    A claim is shown when all of its evidence has been seen, in one run or in several.
    """
    # Evidence is due at the lesson's last epoch at the latest; a run may be far past it.
    rows = (await session.recorder.rows(0, (await read_lesson(lesson)).epochs)).before_gap()
    members = rows.columns()["members"]
    columns = members[0] if members else dict.fromkeys(FIGURES, ())
    return answered(await session.query("evidence", member=0, lesson=lesson, columns=columns, changes=session.changes))
