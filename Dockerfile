# One image for the web, the worker and the clock, and one, `devchain`, for a development chain.
FROM python:3.11-slim-bookworm AS base

# What WeasyPrint draws PDF pages with, and nothing else.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin acquis
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

FROM base AS devchain
COPY requirements/demo.txt requirements/
RUN pip install --require-hashes --no-deps --only-binary :all: --requirement requirements/demo.txt
COPY config config
# A volume takes the owner of the folder that it covers.
RUN mkdir /data && chown acquis: /data
USER acquis
EXPOSE 8545
CMD ["python", "-m", "config.embedded.devchain", "/data/chain.sqlite3", "--host", "0.0.0.0"]

FROM base AS acquis
COPY requirements/production.txt requirements/
RUN pip install --require-hashes --no-deps --only-binary :all: --requirement requirements/production.txt
COPY . .
# Compiled once, here. DEBUG=1 does without secrets, and is gone with the line. /data is covered by
# the volume of manifests, which takes its owner.
RUN python -m compileall -q /app \
    && python config/catalogues.py \
    && DEBUG=1 python manage.py collectstatic --noinput --verbosity 0 \
    && mkdir /data && chown acquis: /data
USER acquis
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--worker-class", "config.answering.Worker", "--threads", "4", "--preload", "--graceful-timeout", "5", \
     "--no-control-socket", "--log-level", "warning"]
