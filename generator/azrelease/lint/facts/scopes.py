"""The blocks of a file that may have variables and a pool: the pipeline, its stages and its jobs."""

from azrelease.syntax import Block, PipelineFile


def scopes(file: PipelineFile) -> tuple[Block, ...]:
    """Each block once: an implicit stage or job is the block around it."""
    outline = file.outline
    blocks = (file.root, *(stage.block for stage in outline.stages), *(job.block for job in outline.jobs))
    return tuple({id(block): block for block in blocks}.values())
