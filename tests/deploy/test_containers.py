"""Images and the compose file: what can be known of them without building them."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "deploy" / "compose"
SERVICES = ("booking", "complaints", "notifications", "gateway")
SECRETS = "/run/secrets/"


def instructions(service: str) -> list[tuple[str, str]]:
    """The instructions of a service's Dockerfile with their arguments, lines joined."""
    text = (ROOT / "services" / service / "Dockerfile").read_text()
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def composed() -> dict[str, Any]:
    """The compose file."""
    loaded: dict[str, Any] = yaml.safe_load((COMPOSE / "compose.yaml").read_text())
    return loaded


def our_containers() -> dict[str, Any]:
    """Those of its services that run our images."""
    return {name: it for name, it in composed()["services"].items() if "gerai-" in it["image"]}


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_runs_as_nobody_in_particular(service: str) -> None:
    last_stage = instructions(service)
    last_stage = last_stage[max(i for i, (word, _) in enumerate(last_stage) if word == "FROM") :]
    users = [argument for word, argument in last_stage if word == "USER"]
    assert users == ["10001:10001"]
    words = [word for word, _ in last_stage]
    assert "RUN" not in words[words.index("USER") :]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_tells_whether_it_lives(service: str) -> None:
    checks = [argument for word, argument in instructions(service) if word == "HEALTHCHECK"]
    assert len(checks) == 1
    assert "http://127.0.0.1:8000/healthz" in checks[0]
    assert ("EXPOSE", "8000") in instructions(service)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_takes_what_is_its_own_and_nothing_of_its_neighbours(service: str) -> None:
    copied = [
        source
        for word, argument in instructions(service)
        if word in {"COPY", "ADD"} and "--from" not in argument
        for source in shlex.split(argument)[:-1]
    ]
    assert sorted(copied) == [
        "requirements/build.txt",
        "requirements/runtime.txt",
        f"services/{service}/",
        "shared/",
    ]
    assert all((ROOT / source).exists() for source in copied)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_installs_only_what_is_pinned(service: str) -> None:
    commands = [
        part.strip()
        for word, argument in instructions(service)
        if word == "RUN"
        for part in argument.split("&&")
    ]
    installs = [command for command in commands if "pip install" in command]
    assert len(installs) == 2
    assert all("--require-hashes" in command or "--no-index --no-deps" in command for command in installs)


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_starts_its_own_service(service: str) -> None:
    assert ("ENTRYPOINT", f'["python", "-m", "gerai_{service}"]') in instructions(service)


def test_what_images_are_made_of_is_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == {"requirements/build.txt", "requirements/runtime.txt", "shared", "services"}


def test_every_service_runs_from_its_own_dockerfile() -> None:
    for name, container in our_containers().items():
        if name == "topology":
            continue
        service = container["image"].removeprefix("gerai-").partition(":")[0]
        assert container["build"]["dockerfile"] == f"services/{service}/Dockerfile"
        assert (COMPOSE / container["build"]["context"]).resolve() == ROOT
        assert name.startswith(service)


def test_every_role_of_every_agency_has_a_container() -> None:
    wanted = {f"booking-{a}-{r}" for a in ("immigration", "legal") for r in ("bus", "relay", "counter")}
    wanted |= {"complaints-bus", "complaints-relay", "complaints-desk", "notifications", "gateway"}
    assert set(our_containers()) - {"topology"} == wanted


def test_a_container_runs_the_agency_and_role_of_its_name() -> None:
    for name, container in our_containers().items():
        command = container["command"]
        if name.startswith("booking-"):
            _, agency, role = name.split("-")
            assert command == [agency, "serve", "--role", role]
        elif name.startswith("complaints-"):
            assert command == ["serve", "--role", name.removeprefix("complaints-")]


def test_an_agency_is_upgraded_without_moving_another() -> None:
    """With one tag for both the next `up -d` would start the other one on tables that it does not have yet."""
    tags: dict[str, set[str]] = {}
    for name, container in our_containers().items():
        owner = name.rpartition("-")[0] if name.startswith(("booking-", "complaints-")) else name
        tags.setdefault(owner, set()).add(re.findall(r"\$\{([A-Z_]+):", container["image"])[0])
    assert all(len(found) == 1 for found in tags.values()), tags
    assert len(set.union(*tags.values())) == len(tags)


def test_what_is_waited_for_tells_when_it_is_ready() -> None:
    """`up --wait` waits for these checks; a database server that is being made answers on its socket alone."""
    services = composed()["services"]
    assert "check_port_connectivity" in services["rabbitmq"]["healthcheck"]["test"]
    assert "127.0.0.1" in services["postgres"]["healthcheck"]["test"]


def test_who_asks_agencies_is_told_which_there_are() -> None:
    for name, container in our_containers().items():
        if name != "topology":
            assert "GERAI_AGENCIES" in container["environment"], name


def test_a_container_may_write_nothing_and_gain_nothing() -> None:
    for container in our_containers().values():
        assert container["read_only"] is True
        assert container["cap_drop"] == ["ALL"]
        assert container["security_opt"] == ["no-new-privileges:true"]


def test_a_container_is_given_time_to_finish() -> None:
    for name, container in our_containers().items():
        drain = float(container["environment"].get("GERAI_DRAIN_SECONDS", 0))
        assert int(container["stop_grace_period"].removesuffix("s")) > drain, name


def test_a_container_gets_exactly_the_secrets_that_its_settings_name() -> None:
    for name, container in our_containers().items():
        named = {
            str(value).removeprefix(SECRETS)
            for value in container["environment"].values()
            if str(value).startswith(SECRETS)
        }
        assert named == set(container["secrets"]), name


def test_a_container_has_the_secrets_of_its_own_deployment_alone() -> None:
    shared = {"sealing_keys", "smtp_url"}
    for name, container in our_containers().items():
        for secret in set(container["secrets"]) - shared:
            owner = secret.partition(".")[0]
            assert name == owner or name.startswith(f"{owner}-"), (name, secret)


def test_no_secret_is_written_into_the_compose_file() -> None:
    for container in composed()["services"].values():
        for setting, value in container.get("environment", {}).items():
            if re.search(r"KEY|URL|PASSWORD", setting) and setting != "GERAI_PUBLIC_URL":
                assert setting.endswith("_FILE")
                assert str(value).startswith(SECRETS)


def test_every_secret_is_declared_and_made(tmp_path: Path) -> None:
    from tests.deploy.test_secrets import make_secrets

    made = {path.name for path in make_secrets(tmp_path / "secrets").iterdir()}
    declared = composed()["secrets"]
    used = {secret for it in composed()["services"].values() for secret in it.get("secrets", [])}
    assert used == set(declared)
    assert used <= made
    assert all(it["file"] == f"./secrets/{name}" for name, it in declared.items())


def test_broker_and_databases_cannot_be_reached_from_outside() -> None:
    services, networks = composed()["services"], composed()["networks"]
    assert networks["inner"]["internal"] is True
    for name in ("rabbitmq", "postgres"):
        assert services[name]["networks"] == ["inner"]
        assert "ports" not in services[name]


def test_ports_are_open_to_the_machine_itself_alone() -> None:
    published = [port for it in composed()["services"].values() for port in it.get("ports", [])]
    assert sorted(published) == [f"127.0.0.1:{port}:8000" for port in (8000, 8101, 8102, 8103)]


def test_every_variable_of_the_compose_file_is_in_its_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (COMPOSE / "compose.yaml").read_text()))
    given = re.findall(r"(?m)^([A-Z_]+)=", (COMPOSE / ".env.example").read_text())
    assert asked == set(given)
