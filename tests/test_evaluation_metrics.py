"""The formulas, on cases worked by hand."""

import math

import pytest

from assistant.evaluation.metrics import (
    answer_accuracy,
    auroc,
    bootstrap_interval,
    calibration_error,
    citation_precision,
    citation_recall,
    exact_match,
    mcnemar,
    mean,
    missing_parts,
    ndcg_at,
    normalize,
    paired_bootstrap,
    percentile,
    recall_at,
    reciprocal_rank,
    reliability,
    risk_coverage,
    risk_coverage_area,
    sign_flip,
    token_f1,
)
from assistant.evaluation.resampling import bootstrap_statistic


def test_texts_are_normalised_as_squad_does():
    assert normalize("The U.S.  (2019)") == "us 2019"
    assert normalize("an Answer, a theatre") == "answer theatre"
    assert normalize("70,000") == "70000"
    assert normalize("a") == ""


@pytest.mark.parametrize(
    ("prediction", "golds", "exact", "f1"),
    [
        ("over 250 sheep", ["Over 250 sheep."], 1.0, 1.0),
        ("250 sheep", ["over 250 sheep"], 0.0, 0.8),  # p 2/2, r 2/3
        ("in 2019", ["2020", "2019"], 0.0, 2 / 3),  # p 1/2, r 1/1
        ("cats cats dogs", ["cats dogs dogs"], 0.0, 2 / 3),  # 2 in common of 3 and 3
        ("", [], 1.0, 1.0),
        ("", [""], 1.0, 1.0),
        ("the", [""], 1.0, 1.0),
        ("something", [], 0.0, 0.0),
        ("", ["something"], 0.0, 0.0),
    ],
)
def test_short_answers_are_scored_as_squad_does(prediction, golds, exact, f1):
    assert exact_match(prediction, golds) == exact
    assert token_f1(prediction, golds) == pytest.approx(f1)


def test_an_answer_needs_every_part_in_one_of_its_wordings():
    parts = [["14"], ["138", "one hundred and thirty-eight"]]
    assert answer_accuracy("From 14 to one hundred and thirty‑eight.", parts) == 1.0
    assert answer_accuracy("In 2010 there were 14.", parts) == 0.0
    assert missing_parts("In 2010 there were 14.", parts) == [1]
    # Whole words: 14 is not in 140.
    assert missing_parts("140 and 138", parts) == [0]


def test_an_answer_may_have_sixty_words_and_no_more():
    assert answer_accuracy("yes " * 60, [["yes"]]) == 1.0
    assert answer_accuracy("yes " * 61, [["yes"]]) == 0.0
    assert answer_accuracy("one two three", [["two"]], word_limit=2) == 0.0


def test_curly_and_straight_marks_and_dashes_count_the_same():
    assert missing_parts("Ina’s plan—long‑term", [["Ina's plan"], ["plan long-term"]]) == []


def test_recall_counts_what_stands_among_the_first():
    assert recall_at(2, [True, False, True], 2) == 0.5
    assert recall_at(3, [True, False, True], 4) == 0.5
    assert recall_at(5, [], 1) == 0.0
    with pytest.raises(ValueError, match="undefined"):
        recall_at(5, [False], 0)


def test_the_reciprocal_rank_is_of_the_first_that_is_relevant():
    assert reciprocal_rank([False, False, True, True]) == pytest.approx(1 / 3)
    assert reciprocal_rank([False, False]) == 0.0


def test_ndcg_discounts_by_the_logarithm_of_the_rank():
    # 1 at rank 2 and 0.5 at rank 3, over 1 at rank 1 and 0.5 at rank 2.
    gained = 1 / math.log2(3) + 0.5 / 2
    best = 1 + 0.5 / math.log2(3)
    assert ndcg_at(3, [0, 1, 0.5], [0.5, 1]) == pytest.approx(gained / best)
    assert ndcg_at(1, [0, 1], [1]) == 0.0
    assert ndcg_at(2, [1, 0.5], [1, 0.5]) == 1.0
    with pytest.raises(ValueError, match="undefined"):
        ndcg_at(3, [0], [])


def test_citations_overlap_evidence_by_characters():
    evidence = [("a.txt", 10, 20), ("a.txt", 30, 40)]
    assert citation_recall([("a.txt", 15, 35)], evidence) == 0.5  # 15-19 and 30-34 of 20
    assert citation_precision([("a.txt", 15, 35)], evidence) == 0.5  # the same 10 of 20
    assert citation_recall([("b.txt", 10, 40)], evidence) == 0.0
    # Cited twice counts once.
    assert citation_precision([("a.txt", 10, 20), ("a.txt", 10, 20)], evidence) == 1.0
    assert citation_precision([], evidence) == 0.0
    with pytest.raises(ValueError, match="undefined"):
        citation_recall([], [])


def test_auroc_is_the_share_of_pairs_in_the_right_order():
    # Positives 0.9 and 0.4 against negatives 0.5 and 0.1: three of four pairs.
    assert auroc([0.9, 0.4, 0.5, 0.1], [True, True, False, False]) == 0.75
    assert auroc([0.5, 0.5], [True, False]) == 0.5
    assert auroc([0.5, 0.6], [True, True]) is None


def test_risk_is_of_the_surest_answers():
    confidence, right = [0.9, 0.8, 0.7, 0.6], [True, False, True, True]
    assert risk_coverage(confidence, right) == [
        (0.25, 0.0),
        (0.5, 0.5),
        (0.75, pytest.approx(1 / 3)),
        (1.0, 0.25),
    ]
    assert risk_coverage_area(confidence, right) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert risk_coverage([], []) == []
    with pytest.raises(ValueError, match="undefined"):
        risk_coverage_area([], [])


def test_answers_of_the_same_confidence_have_no_order():
    assert risk_coverage([0.5, 0.5], [True, False]) == [(1.0, 0.5)]
    assert risk_coverage_area([0.5, 0.5], [True, False]) == 0.5
    assert risk_coverage_area([0.5, 0.5], [False, True]) == 0.5


def test_calibration_compares_confidence_and_accuracy_by_bin():
    confidence, right = [0.95, 0.85, 1.0, 0.05], [True, False, True, False]
    bins = reliability(confidence, right)
    assert [b.count for b in bins] == [1, 0, 0, 0, 0, 0, 0, 0, 1, 2]
    assert bins[9].confidence == pytest.approx(0.975)
    assert bins[9].accuracy == 1.0
    assert bins[1].accuracy is None
    # (2 * 0.025 + 1 * 0.85 + 1 * 0.05) / 4
    assert calibration_error(confidence, right) == pytest.approx(0.2375)
    with pytest.raises(ValueError, match="undefined"):
        calibration_error([], [])


def test_a_percentile_lies_between_its_neighbours():
    assert percentile([4, 1, 3, 2], 50) == 2.5
    assert percentile([1, 2, 3, 4, 5], 95) == pytest.approx(4.8)
    assert percentile([7], 99) == 7
    with pytest.raises(ValueError, match="needs values"):
        percentile([], 50)


def test_what_could_not_be_judged_is_no_zero():
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([None]) is None
    assert bootstrap_interval([1.0, None], seed=1) == (1.0, 1.0)
    with pytest.raises(ValueError, match="no interval"):
        bootstrap_interval([None], seed=1)


def test_the_bootstrap_interval_is_that_of_the_binomial():
    # 50 of 100: the mean's standard error is 0.05, so 95% lie within about 0.098.
    low, high = bootstrap_interval([1.0, 0.0] * 50, seed=1)
    assert low == pytest.approx(0.40, abs=0.011)
    assert high == pytest.approx(0.60, abs=0.011)
    assert bootstrap_interval([1.0, 0.0] * 50, seed=1) == (low, high)
    narrower = bootstrap_interval([1.0, 0.0] * 50, seed=1, level=0.5)
    assert low < narrower[0] < narrower[1] < high


def test_any_statistic_has_an_interval_unless_it_never_is():
    assert bootstrap_statistic([3, 3], max, seed=1, resamples=10) == (3.0, 3.0)
    assert bootstrap_statistic([3], lambda sample: None, seed=1, resamples=10) is None


def test_a_paired_difference_uses_the_pairs_that_both_could_judge():
    assert paired_bootstrap([0.0, 0.5, None], [1.0, 1.5, 0.0], seed=1) == (1.0, 1.0, 1.0)
    difference, low, high = paired_bootstrap([0.0, 1.0] * 20, [1.0, 0.0] * 20, seed=1)
    assert difference == 0
    assert low < 0 < high
    with pytest.raises(ValueError, match="no difference"):
        paired_bootstrap([None], [1.0], seed=1)


def test_mcnemar_is_the_exact_binomial_test():
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(1, 1) == 1.0
    assert mcnemar(0, 5) == 2 / 32
    assert mcnemar(1, 8) == pytest.approx(2 * (1 + 9) / 512)
    assert mcnemar(8, 1) == mcnemar(1, 8)


def test_signs_are_flipped_in_every_way_for_a_few_differences():
    assert sign_flip([], seed=7) == 1.0
    assert sign_flip([0.0, 0.0], seed=7) == 1.0
    assert sign_flip([-1.0], seed=7) == 1.0  # of + and -, both are as far from 0
    # Sums of 1, 2, 3 with any signs: 6, 4, 2, 0, 0, -2, -4, -6; found is 4.
    assert sign_flip([-1.0, 2.0, 3.0], seed=7) == 4 / 8
    assert sign_flip([-1.0] * 6 + [0.0] * 50, seed=7) == 2 / 64


def test_flipping_the_signs_of_ones_is_mcnemars_test():
    assert sign_flip([1.0] * 2 + [-1.0] * 7, seed=7) == pytest.approx(mcnemar(2, 7))
    assert sign_flip([1.0] * 9 + [-1.0] * 22, seed=7) == pytest.approx(mcnemar(9, 22), abs=0.01)
    assert sign_flip([0.5] * 3000, seed=7) == 1 / 2001
