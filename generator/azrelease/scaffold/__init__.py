"""What `init` asks, and the project that it writes."""

from azrelease.scaffold.answers import Answers, endpoint_stem, problems
from azrelease.scaffold.around import project_around
from azrelease.scaffold.common import PIPELINE_FILE, RELEASE_FILE
from azrelease.scaffold.existing import answers_in
from azrelease.scaffold.project import project_of
from azrelease.scaffold.project_file import ProjectFile
from azrelease.scaffold.questions import QUESTIONS, Question
from azrelease.scaffold.writing import Placed, State, compare, write_missing

__all__ = [
    "PIPELINE_FILE",
    "QUESTIONS",
    "RELEASE_FILE",
    "Answers",
    "Placed",
    "ProjectFile",
    "Question",
    "State",
    "answers_in",
    "compare",
    "endpoint_stem",
    "problems",
    "project_around",
    "project_of",
    "write_missing",
]
