"""What `init` asks, and the project that it writes."""

from azrelease.scaffold.answers import Answers, endpoint_stem, problems
from azrelease.scaffold.around import project_around
from azrelease.scaffold.common import CHECK_FILE, PIPELINE_FILE, RELEASE_FILE
from azrelease.scaffold.existing import answers_in
from azrelease.scaffold.install_source import USUAL_WHEEL, WHEEL_FOLDER, InstallSource, install_source, remembered
from azrelease.scaffold.project import project_of
from azrelease.scaffold.project_file import ProjectFile
from azrelease.scaffold.questions import QUESTIONS, Question
from azrelease.scaffold.writing import Placed, State, compare, write_missing

__all__ = [
    "CHECK_FILE",
    "PIPELINE_FILE",
    "QUESTIONS",
    "RELEASE_FILE",
    "USUAL_WHEEL",
    "WHEEL_FOLDER",
    "Answers",
    "InstallSource",
    "Placed",
    "ProjectFile",
    "Question",
    "State",
    "answers_in",
    "compare",
    "endpoint_stem",
    "install_source",
    "problems",
    "project_around",
    "project_of",
    "remembered",
    "write_missing",
]
