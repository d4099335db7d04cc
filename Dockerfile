# The wheel is built and installed in the first stage; the second holds Python, that environment and nothing else.
ARG PYTHON_IMAGE=python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
COPY pyproject.toml build_kernel.py README.md LICENSE ./
COPY engine engine
COPY app app
COPY static static
COPY templates templates
# Without a compiler in this stage, pip fetches one (the package ziglang) for the time of the build.
ENV DESCENT_KERNEL=require
RUN python -m venv /opt/descent \
    && /opt/descent/bin/pip install --no-cache-dir --no-compile . \
    && /opt/descent/bin/python -m compileall -q /opt/descent/lib \
    && /opt/descent/bin/pip uninstall --yes pip

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Descent" \
      org.opencontainers.image.description="A neural network playground" \
      org.opencontainers.image.licenses="MIT"

RUN groupadd --gid 10001 descent \
    && useradd --uid 10001 --gid descent --no-create-home --home-dir /data descent \
    && install --directory --owner descent --group descent /data

COPY --from=build /opt/descent /opt/descent

ENV PATH=/opt/descent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DESCENT_HOST=0.0.0.0 \
    DESCENT_PORT=8000 \
    DESCENT_DATA_DIR=/data \
    DESCENT_KERNEL=require

USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM

# The command reads the address from what the server wrote to /data: the port may be an argument of the server, and a
# DESCENT_PORT in the environment may be set by Kubernetes.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["descent", "health"]

ENTRYPOINT ["descent", "serve"]
