"""What is wrong with a request is told field by field, under the path that the sender knows."""

from typing import Any

import pytest
from gerai_shared.borders import flat, load
from gerai_shared.refusals import InvalidRequest
from marshmallow import INCLUDE, Schema, ValidationError, fields, validates_schema


class Item(Schema):
    class Meta:
        unknown = INCLUDE

    count = fields.Integer(required=True)


class Order(Schema):
    items = fields.List(fields.Nested(Item), data_key="rows")
    prices = fields.Dict(keys=fields.String(), values=fields.Integer())
    name = fields.String()

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("name") == "one text":
            raise ValidationError({"name": "Not this one."})
        if data.get("name") == "whole":
            raise ValidationError("Not at all.")


def problems(data: Any) -> Any:
    with pytest.raises(InvalidRequest) as caught:
        load(Order(), data)
    return caught.value.details["fields"]


def test_what_fits_comes_back_as_the_schema_reads_it() -> None:
    assert load(Order(), {"rows": [{"count": "3"}]}) == {"items": [{"count": 3}]}


def test_each_field_is_named_by_its_path() -> None:
    told = problems({"rows": [{"count": 1}, {"count": "x"}, {}], "prices": {"a": "b"}})
    assert told == {
        "rows.1.count": ["Not a valid integer."],
        "rows.2.count": ["Missing data for required field."],
        "prices.a.value": ["Not a valid integer."],
    }


def test_an_unknown_field_is_refused_whatever_the_schema_says() -> None:
    assert problems({"nmae": "x"}) == {"nmae": ["Unknown field."]}


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_object_at_all_is_told_of_the_whole(data: Any) -> None:
    assert problems(data) == {"_schema": ["Invalid input type."]}


def test_a_message_may_be_one_text_of_a_field_or_of_the_whole() -> None:
    assert problems({"name": "one text"}) == {"name": ["Not this one."]}
    assert problems({"name": "whole"}) == {"_schema": ["Not at all."]}


def test_messages_about_the_whole_of_something_inside_stand_under_its_path() -> None:
    nested = {"person": {"_schema": ["Odd."], "nik": ["Short."]}, "rows": {0: {"_schema": ["Empty."]}}}
    assert flat(nested) == {"person": ["Odd."], "person.nik": ["Short."], "rows.0": ["Empty."]}


def test_messages_that_meet_under_one_path_are_all_kept() -> None:
    assert flat({"person": {"_schema": {"_schema": ["One."]}, "": []}, "a": {"_schema": ["Two."]}}) == {
        "person": ["One."],
        "person.": [],
        "a": ["Two."],
    }
