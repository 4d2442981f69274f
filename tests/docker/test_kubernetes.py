"""The manifest for a cluster."""

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
    """Every document is as the schema of Kubernetes has it, without a member that it does not know."""
    kubernetes_validate.validate(DOCUMENTS[kind], kubernetes_validate.latest_version(), strict=True)


def test_the_parts() -> None:
    """There is a deployment, and a service, a budget and a scaler that mean its pods."""
    spec = DOCUMENTS["Deployment"]["spec"]
    assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"] == NAME
    assert DOCUMENTS["Service"]["spec"]["selector"] == NAME
    assert DOCUMENTS["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == NAME
    assert DOCUMENTS["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "ajax-contacts"


def test_a_rolling_update() -> None:
    """An update takes no replica away before there is another, and gives each the time to drain."""
    spec = DOCUMENTS["Deployment"]["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    pod = spec["template"]["spec"]
    linger = float(pod["containers"][0]["args"][1])
    assert pod["terminationGracePeriodSeconds"] >= linger + 8 + 2


def test_the_container() -> None:
    """It is probed, bounded, and may do nothing but serve."""
    [container] = DOCUMENTS["Deployment"]["spec"]["template"]["spec"]["containers"]
    security: dict[str, Any] = container["securityContext"]
    assert security["readOnlyRootFilesystem"]
    assert not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert container["resources"]["limits"]["memory"]
