"""What `init` asks, and the project that it writes."""

from azrelease.scaffold.answers import Answers, answers_of_release, endpoint_stem, problems
from azrelease.scaffold.existing_release import project_of_release
from azrelease.scaffold.install_source import USUAL_WHEEL, WHEEL_FOLDER, InstallSource, install_source, remembered
from azrelease.scaffold.new_project import project_of_answers
from azrelease.scaffold.project_files import ComparedFile, Comparison, ProjectFile, compare, write_missing
from azrelease.scaffold.questions import QUESTIONS, Question
from azrelease.scaffold.shared_files import CHECK_FILE, PIPELINE_FILE, RELEASE_FILE

__all__ = [
    "CHECK_FILE",
    "PIPELINE_FILE",
    "QUESTIONS",
    "RELEASE_FILE",
    "USUAL_WHEEL",
    "WHEEL_FOLDER",
    "Answers",
    "ComparedFile",
    "Comparison",
    "InstallSource",
    "ProjectFile",
    "Question",
    "answers_of_release",
    "compare",
    "endpoint_stem",
    "install_source",
    "problems",
    "project_of_answers",
    "project_of_release",
    "remembered",
    "write_missing",
]
