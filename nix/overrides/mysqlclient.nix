# mysqlclient-sys
{
  libraries = [ "libmysqlclient" ];
  tools = [ "pkg-config" ];
}
