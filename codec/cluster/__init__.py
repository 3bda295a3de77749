"""Jobs on the machines of a Dask cluster, beside :mod:`codec.workers` on this one.

options      how a cluster is reached; light to import
facts        what sender and workers must have in common
local        a cluster of processes of this machine
connection   the client: connected, and its workers compared
dispatcher   jobs to workers, three tries each
long_job     one at a chosen worker, however long it takes
remote       what runs in a worker

Nothing here knows what a segment is. Needs the extra ``cluster``.
"""
