"""The protocol's messages by Google's own protobuf, so that what we write and read is judged by another hand."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto
_TEXT, _BYTES, _INT64, _FLOAT = _FIELD.TYPE_STRING, _FIELD.TYPE_BYTES, _FIELD.TYPE_INT64, _FIELD.TYPE_FLOAT
_MESSAGES = {
    "Contents": [("fp32_contents", 6, _FLOAT, "many")],
    "Tensor": [("name", 1, _TEXT, ""), ("datatype", 2, _TEXT, ""), ("shape", 3, _INT64, "many"),
               ("contents", 5, "Contents", "")],
    "ParameterValue": [("int64_param", 2, _INT64, "")],
    "Parameter": [("key", 1, _TEXT, ""), ("value", 2, "ParameterValue", "")],
    "Wanted": [("name", 1, _TEXT, "")],
    "MetadataRequest": [("name", 1, _TEXT, "")],
    "MetadataResponse": [("name", 1, _TEXT, ""), ("versions", 2, _TEXT, "many"), ("platform", 3, _TEXT, ""),
                         ("inputs", 4, "Tensor", "many"), ("outputs", 5, "Tensor", "many")],
    "InferRequest": [("model_name", 1, _TEXT, ""), ("id", 3, _TEXT, ""),
                     ("parameters", 4, "Parameter", "many"), ("inputs", 5, "Tensor", "many"),
                     ("outputs", 6, "Wanted", "many"), ("raw_input_contents", 7, _BYTES, "many")],
    "InferResponse": [("model_name", 1, _TEXT, ""), ("outputs", 5, "Tensor", "many"),
                      ("raw_output_contents", 6, _BYTES, "many")],
}  # fmt: skip


def _classes():
    file = descriptor_pb2.FileDescriptorProto(name="of_the_test.proto", package="of_the_test", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind, many in fields:
            label = _FIELD.LABEL_REPEATED if many else _FIELD.LABEL_OPTIONAL
            if isinstance(kind, str):
                message.field.add(name=field, number=number, label=label, type=_FIELD.TYPE_MESSAGE,
                                  type_name=f".of_the_test.{kind}")  # fmt: skip
            else:
                message.field.add(name=field, number=number, label=label, type=kind)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"of_the_test.{name}")) for name in _MESSAGES
    }


CLASSES = _classes()
