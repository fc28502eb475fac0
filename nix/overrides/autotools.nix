# autotools runs autoreconf and what belongs to it
{
  libraries = [ ];
  tools = [
    "autoconf"
    "automake"
    "libtool"
    "perl"
  ];
}
