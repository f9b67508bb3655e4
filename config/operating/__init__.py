"""The operator's pages: who runs this installation sees organisations here, and no learner.

site           the site, who gets in, and which pages there are
listing        lists that cannot be written to
organisations  who issues here; suspending them, and their quotas
names          look-alike names, and what they are
glass          reading what an organisation has, for a reason and for a while
health         what waits, who submits, who works, what the last audit said; the runbook
forms          what may come through these doors

docs/operator.md is the page about it.
"""
