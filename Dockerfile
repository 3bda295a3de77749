# gvc as an image: receiver and sender, without TensorFlow unless EXTRAS asks for it.
#
#   docker build -t gvc .                             # exact video, and decoding of nearly all streams
#   docker build -t gvc --build-arg EXTRAS=sender .   # training, too
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/data" gvc gvc-encode in.mkv out.gvc --color lossless
#
# Without a command it says what it computes with (gvc-info --system).
ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS build
WORKDIR /source
COPY . .
# The compiler of the native library comes from a package and stays in this stage.
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:${PYTHON}-slim
ARG EXTRAS=""
COPY --from=build /wheels /wheels
# hadolint ignore=DL3013
RUN wheel="$(echo /wheels/*.whl)" \
    && pip install --no-cache-dir "${wheel}${EXTRAS:+[${EXTRAS}]}" \
    && rm -rf /wheels \
    && useradd --create-home --uid 1000 gvc
USER 1000:1000
WORKDIR /data
CMD ["gvc-info", "--system"]
