"""动量法一章的练习。"""

from dlbasics.exercises.registry import Chapter

CHAPTER = Chapter(
    name="momentum",
    title="动量法",
    page="descent/momentum",
    names=(
        "update",
        "half_life",
        "steps_to_terminal",
        "closed_form",
        "conventions",
        "lr_change",
        "crossing",
        "slower",
        "stability",
        "optimal",
        "worse_valley",
    ),
)
