use deeper as _;
