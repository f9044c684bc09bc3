# Two stages: the first fetches the locked packages and builds the project, the second holds what runs and nothing else.
FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
COPY requirements.lock .
RUN pip wheel --no-cache-dir --require-hashes --no-deps --wheel-dir /wheels --requirement requirements.lock
COPY . .
RUN pip install --no-index --find-links /wheels hatchling \
 && pip wheel --no-index --no-deps --no-build-isolation --wheel-dir /wheels . \
 && python -m venv /app \
 && /app/bin/pip install --no-index --find-links /wheels borough-accountability

FROM python:3.11-slim
RUN useradd --system --no-create-home --shell /usr/sbin/nologin borough \
 && install --directory --owner borough --group borough /var/lib/borough
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 BOROUGH_DATA=/var/lib/borough
USER borough
WORKDIR /var/lib/borough
VOLUME /var/lib/borough
EXPOSE 8000
CMD ["borough", "serve", "--host", "0.0.0.0"]
