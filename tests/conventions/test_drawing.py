"""The diagrams can be read: everything is drawn, in its lane, without overlaps or crossings."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from tests.conventions.diagrams import DI, MODEL, Diagram, attribute, every, names

# Width of a wide Cyrillic letter in a task's label (12 px), and the label's padding, in px.
LETTER, PADDING = 7.4, 10


@every
def test_everything_is_drawn_once(diagram: Diagram) -> None:
    pools = {attribute(p, "id") for p in diagram.root.iter(MODEL + "participant")}
    shapes = [attribute(s, "bpmnElement") for s in diagram.root.iter(DI + "BPMNShape")]
    assert sorted(shapes) == sorted([*diagram.nodes, *diagram.lanes, *pools])
    assert set(diagram.edges) == set(diagram.flows)


@every
def test_shapes_stand_in_their_lanes_and_do_not_overlap(diagram: Diagram) -> None:
    for node, lane in diagram.lane_of.items():
        # A frame may reach over the lanes: what stands in it stands in its own lane.
        if node not in diagram.frame_of.values():
            assert diagram.boxes[lane].contains(diagram.boxes[str(node)]), node
    for node, frame in diagram.frame_of.items():
        assert diagram.boxes[frame].contains(diagram.boxes[node]), node
    hosts = {(n.get("attachedToRef"), i) for i, n in diagram.nodes.items()}
    apart = hosts | {(frame, node) for node, frame in diagram.frame_of.items()}
    for a, b in combinations(diagram.nodes, 2):
        if (a, b) not in apart and (b, a) not in apart:
            assert not diagram.boxes[a].overlaps(diagram.boxes[b]), (a, b)


@every
def test_the_longest_word_of_a_task_fits_its_box(diagram: Diagram) -> None:
    for node_id, node in diagram.nodes.items():
        if not re.search(r"Event$|Gateway$", str(node.tag)):
            box = diagram.boxes[node_id]
            assert box.w >= 100 and box.h >= 80, node_id
            for language, name in names(node).items():
                widest = max(len(word) for word in name.split()) * LETTER + PADDING
                assert widest <= box.w, (node_id, language)


@every
def test_flows_run_straight_from_border_to_border(diagram: Diagram) -> None:
    for flow_id, points in diagram.edges.items():
        flow = diagram.flows[flow_id]
        assert diagram.boxes[attribute(flow, "sourceRef")].on_border(points[0]), flow_id
        assert diagram.boxes[attribute(flow, "targetRef")].on_border(points[-1]), flow_id
        within = diagram.frame_of.get(attribute(flow, "sourceRef"))
        assert diagram.frame_of.get(attribute(flow, "targetRef")) == within, flow_id
        for a, b in pairwise(points):
            assert (a[0] == b[0]) != (a[1] == b[1]), flow_id
            for node in diagram.nodes.keys() - {within}:
                assert not diagram.boxes[node].is_cut_by(a, b), (flow_id, node)


@every
def test_flows_do_not_cross(diagram: Diagram) -> None:
    for (one, first), (two, second) in combinations(diagram.edges.items(), 2):
        for (a, b), (c, d) in ((s, t) for s in pairwise(first) for t in pairwise(second)):
            if (a[0] == b[0]) == (c[0] == d[0]):
                continue
            (h1, h2), (v1, v2) = ((a, b), (c, d)) if a[1] == b[1] else ((c, d), (a, b))
            crossing = min(h1[0], h2[0]) < v1[0] < max(h1[0], h2[0]) and min(v1[1], v2[1]) < h1[
                1
            ] < max(v1[1], v2[1])
            assert not crossing, (one, two)
