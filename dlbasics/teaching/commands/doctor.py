"""诊断：这台电脑能不能批改。"""

from __future__ import annotations

import click

from dlbasics.teaching.commands.chinese import UNFIT, Chinese
from dlbasics.teaching.doctor import advice, examine


@click.command(cls=Chinese)
@click.pass_context
def doctor(context: click.Context) -> None:
    """诊断：这台电脑能不能批改，不能就说怎样修。每一项都真的试一次。"""
    findings = []
    for finding in examine():
        findings.append(finding)
        sign = "✓" if finding.good else "✗" if finding.needed else "–"
        click.echo(f"{sign} {finding.name}：{finding.found}")
        if not finding.good and finding.mend:
            for line in finding.mend.splitlines():
                click.echo(f"    {line}")
    click.echo(advice(findings))
    bad = any(finding.needed and not finding.good for finding in findings)
    context.exit(UNFIT if bad else 0)
