# prost-build runs protoc
{
  libraries = [ ];
  tools = [ "protobuf" ];
}
