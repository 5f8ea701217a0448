import inspect
import itertools
from types import SimpleNamespace

import pytest

from app.infra import (
    INTENT_CONSISTENCY_MATRIX,
    FeatureDeclaration,
    FeatureIntent,
    IntentConsistencyError,
    RetryPolicy,
    RetryPolicyError,
    TransactionIntent,
    feature,
    register_feature,
    transactional,
    validate_intent_consistency,
    validate_module_intent,
    validate_retry_policy,
)

ALLOWED_TRANSACTIONS = {
    ("PURE_QUERY", "READ_ONLY"),
    ("STATE_MUTATION", "ATOMIC_WRITE"),
    ("STATE_MUTATION", "LOCKED_MUTATION"),
    ("EXTERNAL_SIDE_EFFECT", "ATOMIC_WRITE"),
    ("RECOVERABLE_OPERATION", "LOCKED_MUTATION"),
}
ALLOWED_RETRIES = {
    ("PURE_QUERY", None),
    ("PURE_QUERY", "NEVER"),
    ("PURE_QUERY", "SAFE"),
    ("PURE_QUERY", "DANGEROUS"),
    ("STATE_MUTATION", None),
    ("STATE_MUTATION", "NEVER"),
    ("STATE_MUTATION", "SAFE"),
    ("STATE_MUTATION", "DANGEROUS"),
    ("EXTERNAL_SIDE_EFFECT", "NEVER"),
    ("RECOVERABLE_OPERATION", "SAFE"),
}


@pytest.mark.parametrize(("intent", "transaction"), list(itertools.product(FeatureIntent, TransactionIntent)))
def test_every_cell_of_the_transaction_matrix(intent: FeatureIntent, transaction: TransactionIntent) -> None:
    if (intent.name, transaction.name) in ALLOWED_TRANSACTIONS:
        validate_intent_consistency(intent, transaction.name)
    else:
        with pytest.raises(
            IntentConsistencyError, match=f"{intent.name} does not go with {transaction.name}"
        ):
            validate_intent_consistency(intent, transaction.name)


@pytest.mark.parametrize(("intent", "retry"), list(itertools.product(FeatureIntent, [None, *RetryPolicy])))
def test_every_cell_of_the_retry_matrix(intent: FeatureIntent, retry: RetryPolicy | None) -> None:
    if (intent.name, retry.name if retry else None) in ALLOWED_RETRIES:
        validate_retry_policy(intent, retry)
        assert register_feature("m", intent, retry) == FeatureDeclaration("m", intent, retry)
    else:
        with pytest.raises(RetryPolicyError, match=intent.name):
            validate_retry_policy(intent, retry)


def test_values_are_the_published_ones() -> None:
    assert [intent.value for intent in FeatureIntent] == [
        "pure_query",
        "state_mutation",
        "external_side_effect",
        "recoverable_operation",
    ]
    assert [policy.value for policy in RetryPolicy] == ["never", "safe", "dangerous"]
    assert set(INTENT_CONSISTENCY_MATRIX) == set(FeatureIntent)


def test_an_unknown_transaction_intent_names_the_known_ones() -> None:
    with pytest.raises(IntentConsistencyError, match="READ_ONLY, ATOMIC_WRITE, LOCKED_MUTATION"):
        validate_intent_consistency(FeatureIntent.PURE_QUERY, "WRITE")


async def test_a_decorated_coroutine_function_stays_one() -> None:
    @feature(FeatureIntent.STATE_MUTATION, RetryPolicy.SAFE)
    @transactional(TransactionIntent.ATOMIC_WRITE)
    async def save() -> int:
        return 7

    assert inspect.iscoroutinefunction(save)
    assert await save() == 7
    attributes = vars(save)
    assert attributes["_feature_intent"] is FeatureIntent.STATE_MUTATION
    assert attributes["_retry_policy"] is RetryPolicy.SAFE
    assert attributes["_feature_full_name"].endswith("save")


def test_the_decorator_checks_the_transaction_the_function_declares() -> None:
    @transactional(TransactionIntent.READ_ONLY)
    def read() -> None: ...

    with pytest.raises(IntentConsistencyError):
        feature(FeatureIntent.STATE_MUTATION)(read)


def test_module_declarations_list_the_declared_functions() -> None:
    @feature(FeatureIntent.STATE_MUTATION)
    def write() -> None: ...

    declaration = validate_module_intent(
        {
            "__name__": "app.some.driver",
            "FEATURE_INTENT": FeatureIntent.STATE_MUTATION,
            "RETRY_POLICY": RetryPolicy.SAFE,
            "write": write,
            "other": SimpleNamespace(),
        }
    )
    assert declaration.module_path == "app.some.driver"
    assert [name.rsplit(".", 1)[1] for name in declaration.functions] == ["write"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "FEATURE_INTENT is missing"),
        ({"FEATURE_INTENT": "state_mutation"}, "FEATURE_INTENT is of type str"),
        ({"FEATURE_INTENT": FeatureIntent.PURE_QUERY, "RETRY_POLICY": "safe"}, "RETRY_POLICY is of type str"),
        ({"FEATURE_INTENT": FeatureIntent.EXTERNAL_SIDE_EFFECT}, "requires RetryPolicy.NEVER"),
    ],
)
def test_a_module_without_a_proper_declaration_is_refused(names: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        validate_module_intent({"__name__": "m", **names})
