using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Eco.Host.Fleet;

/// <summary>What the nodes of a broker cluster have in common, and the files that are made of it.</summary>
/// <param name="Folder">The cluster's folder.</param>
/// <param name="Cookie">The secret by which the nodes know each other.</param>
/// <param name="Password">The password of <see cref="User"/>.</param>
/// <param name="EpmdPort">Where the nodes ask for each other's ports.</param>
internal sealed record BrokerSettings(string Folder, string Cookie, string Password, int EpmdPort)
{
    /// <summary>The user that hosts connect as.</summary>
    public const string User = "eco";

    /// <summary>Erlang's wait until a silent node counts as gone, in seconds.</summary>
    private const int TickSeconds = 10;

    /// <summary>
    /// Linux's TCP_USER_TIMEOUT on the brokers' connections, in milliseconds: a client that acknowledges nothing for so long is gone. Heartbeats of
    /// 5 s alone are missed after 10 to 15 s, and until then no other server gets the partitions of one that is cut off.
    /// </summary>
    private const int UnacknowledgedMilliseconds = 8_000;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a node's files.</summary>
    /// <param name="node">The node.</param>
    /// <param name="seed">The node that the others join; it alone makes a new cluster, so that nobody waits to see who does.</param>
    public void Write(BrokerNodeSettings node, BrokerNodeSettings seed)
    {
        Directory.CreateDirectory(node.Home);
        WriteSecret(Path.Combine(node.Home, ".erlang.cookie"), Cookie);
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"listeners.tcp.1 = {node.Place.Address}:{node.Port}");
        text.AppendLine(CultureInfo.InvariantCulture, $"default_user = {User}");
        text.AppendLine(CultureInfo.InvariantCulture, $"default_pass = {Password}");
        text.AppendLine("loopback_users = none");
        text.AppendLine("cluster_partition_handling = pause_minority");
        text.AppendLine(CultureInfo.InvariantCulture, $"net_ticktime = {TickSeconds}");
        if (node != seed)
        {
            text.AppendLine("cluster_formation.peer_discovery_backend = classic_config");
            text.AppendLine(CultureInfo.InvariantCulture, $"cluster_formation.classic_config.nodes.1 = {seed.Name}");
            text.AppendLine(CultureInfo.InvariantCulture, $"cluster_formation.classic_config.nodes.2 = {node.Name}");

            // A minute: the seed is starting at the same time.
            text.AppendLine("cluster_formation.discovery_retry_limit = 300");
            text.AppendLine("cluster_formation.discovery_retry_interval = 200");
        }

        text.AppendLine("vm_memory_high_watermark.absolute = 1GB");
        text.AppendLine("disk_free_limit.absolute = 50MB");

        // The default, 512 MB, is memory that a node holds before its log rolls over.
        text.AppendLine("raft.wal_max_size_bytes = 33554432");
        text.AppendLine("log.console = true");
        text.AppendLine("log.console.level = info");
        text.AppendLine("log.file = false");
        WriteSecret(node.ConfigurationFile, text.ToString());

        // Only this file can carry an option that the broker has no name for; 6 is TCP, 18 its user time-out.
        File.WriteAllText(
            node.AdvancedFile,
            string.Create(
                CultureInfo.InvariantCulture,
                $"[{{rabbit, [{{tcp_listen_options, [{{backlog, 1024}}, {{nodelay, true}}, {{linger, {{true, 0}}}}, {{exit_on_close, false}}, {{raw, 6, 18, <<{UnacknowledgedMilliseconds}:32/native>>}}]}}]}}].\n"));
        File.WriteAllText(node.PluginsFile, "[].\n");
    }

    /// <summary>A node's whole environment.</summary>
    public ImmutableSortedDictionary<string, string> EnvironmentOf(BrokerNodeSettings node) => new Dictionary<string, string>
    {
        ["HOME"] = node.Home,
        ["ERL_EPMD_PORT"] = EpmdPort.ToString(CultureInfo.InvariantCulture),
        ["ERL_EPMD_ADDRESS"] = node.Place.Address,
        ["RABBITMQ_NODENAME"] = node.Name,
        ["RABBITMQ_USE_LONGNAME"] = "true",
        ["RABBITMQ_DIST_PORT"] = node.DistributionPort.ToString(CultureInfo.InvariantCulture),
        ["RABBITMQ_CONFIG_FILE"] = node.ConfigurationFile,
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = node.AdvancedFile,
        ["RABBITMQ_CONF_ENV_FILE"] = "/dev/null",
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = node.PluginsFile,
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(node.Folder, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = node.Folder,

        // Without input from a shell there is no script that stands between its process id and the virtual machine's.
        ["RABBITMQ_ALLOW_INPUT"] = "1",
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
            "-noinput +S 1:1 +SDcpu 1:1 +SDio 2 +A 2 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false "
            + $"-kernel inet_dist_use_interface {{{node.Place.Address.Replace('.', ',')}}}",
    }.ToImmutableSortedDictionary();

    /// <summary>Writes a file that only its owner may read.</summary>
    public static void WriteSecret(string file, string text)
    {
        // The cookie is refused where others can read it, and 0400 is what the broker makes of it.
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}

/// <summary>One node.</summary>
/// <param name="Number">From 1 on.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Place">Where it runs.</param>
/// <param name="Port">Where it takes clients.</param>
/// <param name="DistributionPort">Where it takes its peers.</param>
internal sealed record BrokerNodeSettings(int Number, string Folder, NetworkPlace Place, int Port, int DistributionPort)
{
    /// <summary>Its name in the cluster.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"eco{Number}@{Place.Address}");

    /// <summary>The home folder of its process.</summary>
    public string Home => Path.Combine(Folder, "home");

    /// <summary>Its configuration.</summary>
    public string ConfigurationFile => Path.Combine(Folder, "rabbitmq.conf");

    /// <summary>The part of its configuration that is written in Erlang.</summary>
    public string AdvancedFile => Path.Combine(Folder, "advanced.config");

    /// <summary>Its list of plug-ins: none.</summary>
    public string PluginsFile => Path.Combine(Folder, "enabled_plugins");
}
