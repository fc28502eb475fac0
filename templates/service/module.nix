# The server as a service of NixOS: `services.visits.enable = true;`. It runs as a user of its own and keeps its database in /var/lib/visits.
self:
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.visits;
in
{
  options.services.visits = {
    enable = lib.mkEnableOption "the server that counts visits";
    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      defaultText = lib.literalExpression "the flake's own";
      description = "The package with the program.";
    };
    listen = lib.mkOption {
      type = lib.types.str;
      default = "127.0.0.1:8080";
      description = "The address and port on which it listens.";
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.services.visits = {
      description = "Counts visits";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      serviceConfig = {
        ExecStart = "${cfg.package}/bin/visits --listen ${cfg.listen} --database /var/lib/visits/visits.sqlite";
        DynamicUser = true;
        StateDirectory = "visits";
        Restart = "on-failure";
      };
    };
  };
}
