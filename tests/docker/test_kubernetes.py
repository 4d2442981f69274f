"""The Kubernetes manifest."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

DOCUMENTS = {
    document["kind"]: document
    for document in yaml.safe_load_all((Path(__file__).parents[2] / "docker" / "kubernetes.yaml").read_text())
}
NAME = {"app.kubernetes.io/name": "ajax-contacts"}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_schema(kind: str) -> None:
    """Every document is valid under the Kubernetes schema, without unknown members."""
    kubernetes_validate.validate(DOCUMENTS[kind], kubernetes_validate.latest_version(), strict=True)


def test_the_parts() -> None:
    """The service, disruption budget and autoscaler select the pods of the deployment."""
    spec = DOCUMENTS["Deployment"]["spec"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"] == NAME
    assert DOCUMENTS["Service"]["spec"]["selector"] == NAME
    assert DOCUMENTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == NAME
    assert DOCUMENTS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "ajax-contacts"


def test_a_rolling_update() -> None:
    """A rolling update starts a new replica before it stops an old one, and gives each time to drain."""
    spec = DOCUMENTS["Deployment"]["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = spec["template"]["spec"]
    linger = float(pod["containers"][0]["args"][1])
    assert pod["terminationGracePeriodSeconds"] >= linger + 8 + 2


def test_the_container() -> None:
    """The container has probes, a memory limit, and minimal privileges."""
    [container] = DOCUMENTS["Deployment"]["spec"]["template"]["spec"]["containers"]
    security: dict[str, Any] = container["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert container["resources"]["limits"]["memory"]
