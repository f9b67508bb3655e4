"""Nothing breaks anchoring: real workers on real servers, and everything that can go wrong.

python -m tests.chaos --seeds 20        what `make chaos` runs; docs/reliability.md has the method

servers   PostgreSQL and Valkey from the wheels, a database and an anvil for each seed
nodes     the proxies that stand before the chain and spoil what it says
board     which fail points are armed, and who died where
crew      worker processes, schedulers and clerks, forked from here
weather   what is done to the chain, the servers and the nodes
storm     a seed: what happens, in which order
recipes   how to lead a worker to a fail point that chance seldom reaches
judge     what must be true afterwards
mutants   bugs to plant in the engine, so that the harness is tested too
"""
