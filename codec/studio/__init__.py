"""The studio: the jobs of the commands behind a page on this machine.

settings    what the command line says
guard       who may ask: the token, the name of the host, the origin of a write
app         what may be asked, and the static page in ``page/``
bodies      what comes with a request, within limits
form        the modes' options as a form
job_requests  from what a page asks for to a task
tasks       what one job does, by a function of :mod:`codec.jobs`
process     a job's process, as the server sees it
work        what runs in it
jobs        the queue
videos      what may be encoded: uploads, and files of folders that were opened
events      the queue's changes for a page
serve       from settings to a running server

The server computes nothing. A job is a process of its own: it can be killed at any time, and what it has written is a
folder of its own, which is removed with it.
"""
