"""The operator's pages: who runs this installation sees organisations here, and no learner.

site           the site, who gets in, and which pages there are
listing        lists that cannot be written to
organisations  who issues here; suspending them

docs/operator.md is the page about it.
"""
