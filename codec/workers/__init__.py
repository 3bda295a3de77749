"""Worker processes: a pool that runs functions on segments, and memory that it shares with them.

arena    memory that several processes read and write: arrays travel through it, not through pipes
pool     hands jobs to processes, and their results back
process  one process as its parent sees it
worker   what runs in it
count    how many processes are useful

Nothing here knows what a segment is. A job is a function, an argument, and what the function sends back. Workers hold
nothing that outlives them: no file, no name in the system. So they may be killed at any time, and they end by
themselves when their parent ends in any way.
"""
