using System.Collections;
using System.Collections.Immutable;
using System.Net;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Runtime.Cluster.RabbitMq;
using Eco.Runtime.Hocon;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Eco.Host.Composition;

/// <summary>
/// Reads a host's configuration: what its file says over <c>hocon/reference.conf</c>, which travels inside the program. All errors are reported
/// together, each with its place.
/// </summary>
public static class HostOptionsReader
{
    private const string Reference = "reference.conf";
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>The text of <c>hocon/reference.conf</c>.</summary>
    public static string ReferenceText
    {
        get
        {
            using Stream stream = typeof(HostOptionsReader).Assembly.GetManifestResourceStream(Reference)
                ?? throw new InvalidOperationException($"this build lacks {Reference}");
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">Code <c>not-found</c>: it cannot be read. Code <c>invalid</c>: all that is wrong with it.</exception>
    public static HostOptions ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException(ConsoleErrorCodes.NotFound, $"there is no file '{path}'", "'eco new DIR' writes a project with one");
        }

        try
        {
            return Check(path, HoconParser.TryParseFile(path, Surroundings()));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ConsoleErrorCodes.NotFound, $"'{path}' cannot be read: {error.Message}", "check the file's permissions", error);
        }
    }

    /// <summary>Reads a text; an empty one gives the defaults.</summary>
    /// <exception cref="CommandException">Code <c>invalid</c>: all that is wrong with it.</exception>
    public static HostOptions Read(string text, string name) => Check(name, HoconParser.TryParse(text, name, Surroundings()));

    /// <summary>The path of every setting that is read, in order.</summary>
    internal static IReadOnlyCollection<string> KeysRead()
    {
        var findings = new OptionsFindings();
        Read(HoconParser.Parse("eco { agents = [{ id = one }] }"), findings);
        return [.. findings.KeysRead.Where(key => !key.Contains('[', StringComparison.Ordinal))];
    }

    private static HoconOptions Surroundings() => HoconOptions.Default with
    {
        Environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToImmutableDictionary(
            entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal),
    };

    private static HostOptions Check(string name, HoconParseResult parsed)
    {
        var findings = new OptionsFindings();
        findings.Errors.AddRange(parsed.Diagnostics);
        HostOptions? options = null;
        if (parsed.Root is HoconObject root)
        {
            options = Read(root, findings);
        }
        else if (parsed.Root is { } other)
        {
            findings.Errors.Add(new HoconDiagnostic(other.Position, "the configuration is not an object", "write eco { ... }"));
        }

        if (findings.Errors.Count == 0 && options is not null)
        {
            return options;
        }

        string count = findings.Errors.Count == 1 ? "an error" : $"{findings.Errors.Count} errors";
        throw new CommandException(
            ConsoleErrorCodes.Invalid, $"the configuration '{name}' has {count}", "hocon/reference.conf documents every setting")
        {
            Details = [.. findings.Errors.OrderBy(error => error.Position.Line).ThenBy(error => error.Position.Column).Select(error => error.ToString())],
        };
    }

    private static HostOptions Read(HoconObject root, OptionsFindings findings)
    {
        var document = new OptionsSection(root, HoconParser.Parse(ReferenceText, Reference), "", findings);
        OptionsSection eco = document.Section("eco");
        OptionsSection host = eco.Section("host");
        OptionsSection server = eco.Section("server");
        OptionsSection serverArtifacts = server.Section("artifacts");
        OptionsSection artifacts = eco.Section("artifacts");
        OptionsSection contact = eco.Section("contact");
        OptionsSection engines = eco.Section("engines");
        OptionsSection engineProcesses = engines.Section("process");
        OptionsSection statistics = eco.Section("statistics");
        OptionsSection log = eco.Section("log");
        OptionsSection agentDefaults = eco.Section("agent-defaults");
        ImmutableArray<string> roles = RolesOf(host);
        var options = new HostOptions
        {
            State = eco.Text("state", text => text.Length == 0 ? "it is empty" : null),
            HostId = host.Text("id", ProblemOfId),
            StopWithin = host.Duration("stop-within", Millisecond, Day),
            Brokers = BrokersOf(eco),
            BrokerPasswordFile = eco.Text("broker-password-file"),
            RunsServer = roles.Contains("server"),
            Database = DatabaseOf(server),
            DatabasePasswordFile = server.Text("database-password-file"),
            Partitions = server.Integer("partitions", 1, 256),
            FollowJournalEvery = server.Duration("follow-journal-every", Millisecond, Day),
            KeepEvents = server.DurationOrForever("keep-events", Day, 36_500 * Day),
            ArtifactsListen = serverArtifacts.Text("listen", ProblemOfListen),
            ArtifactsAdvertise = serverArtifacts.Text("advertise", ProblemOfAdvertise),
            MaxArtifactBytes = artifacts.Bytes("max-bytes", 16 << 10, 1 << 30),
            Agents = AgentsOf(eco, agentDefaults),
            JoinEvery = contact.Duration("join-every", Millisecond, Day),
            HeartbeatEvery = contact.Duration("heartbeat-every", Millisecond, Day),
            UnreachableAfter = contact.Duration("unreachable-after", Millisecond, Day * 7),
            StatisticsEvery = contact.Duration("statistics-every", Millisecond, Day),
            StatusEvery = contact.Duration("status-every", Millisecond, Day),
            CheckpointEverySteps = engines.Integer("checkpoint-every-steps", 1, int.MaxValue),
            IsolatesEngines = engines.Choice("isolation", "in-process", "process") == "process",
            EngineKeepFor = engineProcesses.Duration("keep-for", TimeSpan.FromSeconds(1), Day),
            EngineCallWithin = engineProcesses.Duration("call-within", TimeSpan.FromSeconds(1), Day),
            EngineMemoryBytes = engineProcesses.Bytes("memory", 32L << 20, 1L << 40),
            StatisticsBufferBytes = statistics.Bytes("buffer-bytes", 1L << 20, 1L << 40),
            LogLevel = LogLevelOf(log),
        };
        CheckTogether(options, roles, eco, host, contact);
        foreach (OptionsSection section in (OptionsSection[])[document, eco, host, server, serverArtifacts, artifacts, contact, engines, engineProcesses, statistics, log, agentDefaults])
        {
            section.RejectUnknown();
        }

        return options;
    }

    private static ImmutableArray<string> BrokersOf(OptionsSection eco)
    {
        ImmutableArray<string> brokers = eco.TextListOrLine("brokers");
        foreach (string broker in brokers)
        {
            try
            {
                RabbitMqEndpoint.Parse(broker, out string? user, out _);
                if (user is null)
                {
                    eco.Wrong("brokers", $"is wrong: '{broker}' names no user", "write \"amqp://USER@HOST:5672\"");
                }
            }
            catch (FormatException error)
            {
                eco.Wrong("brokers", $"is wrong: {error.Message}", "write \"amqp://USER@HOST:5672\", and the password into eco.broker-password-file or ECO_BROKER_PASSWORD");
            }
        }

        return brokers;
    }

    private static string? ProblemOfListen(string text) =>
        IPEndPoint.TryParse(text, out _) ? null : "write an IP address and a port, such as 127.0.0.1:7070 or [::]:7070";

    private static string? ProblemOfAdvertise(string text) =>
        text.Length == 0 || (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp)
            ? null
            : "write it as http://NAME:PORT, or leave it empty";

    private static string DatabaseOf(OptionsSection server)
    {
        string text = server.Text("database");
        if (text.Length > 0)
        {
            CheckDatabase(server, text);
        }

        return text;
    }

    // Its value may hold a secret in the wrong place: no message repeats it. A method of its own, so that a host without a database does not load the driver.
    private static void CheckDatabase(OptionsSection server, string text)
    {
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            if (!string.IsNullOrEmpty(parts.Password))
            {
                server.Wrong("database", "holds a password", "put it into eco.server.database-password-file or ECO_DATABASE_PASSWORD");
            }
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            server.Wrong(
                "database",
                $"is no connection string of PostgreSQL{(error is ArgumentException { ParamName: { } name } ? $": '{name}' is no key or has no such value" : "")}",
                "write \"Host=db-1;Database=eco;Username=eco\"");
        }
    }

    private static ImmutableArray<AgentHostOptions> AgentsOf(OptionsSection eco, OptionsSection defaults)
    {
        // Read once for what the user changed there, and so that its keys are known.
        ReadAgent(defaults, "");
        var agents = ImmutableArray.CreateBuilder<AgentHostOptions>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach ((OptionsSection section, HoconObject written) in eco.Objects("agents", defaults))
        {
            string? id = section.Required("id", written, ProblemOfId);
            AgentHostOptions agent = ReadAgent(section, id ?? "");
            section.RejectUnknown();
            if (id is not null && !ids.Add(id))
            {
                section.Wrong("id", $"is '{id}', which another agent has", "give every agent an id of its own");
            }

            agents.Add(agent);
        }

        return agents.ToImmutable();
    }

    private static AgentHostOptions ReadAgent(OptionsSection section, string id) => new(
        id,
        section.Text("site"),
        section.Text("role"),
        section.TextMap("labels"),
        section.TextList("capabilities"),
        section.Text("data-root", text => text.Length == 0 ? "it is empty" : null));

    private static ImmutableArray<string> RolesOf(OptionsSection host)
    {
        ImmutableArray<string> roles = host.TextList("roles");
        foreach (string role in roles)
        {
            if (role is not ("server" or "agent"))
            {
                host.Wrong("roles", $"names '{role}'", "the roles of this version are server and agent");
            }
        }

        return roles;
    }

    private static LogLevel LogLevelOf(OptionsSection log)
    {
        string text = log.Text("level");
        if (Enum.TryParse(text, ignoreCase: true, out LogLevel level) && level != LogLevel.None && !char.IsAsciiDigit(text[0]))
        {
            return level;
        }

        log.Wrong("level", $"is '{text}'", "write trace, debug, information, warning, error or critical");
        return LogLevel.Warning;
    }

    private static void CheckTogether(
        HostOptions options, ImmutableArray<string> roles, OptionsSection eco, OptionsSection host, OptionsSection contact)
    {
        if (options.UnreachableAfter <= options.HeartbeatEvery * 2)
        {
            contact.Wrong("unreachable-after", "is not longer than two heartbeats", "make it at least three times heartbeat-every");
        }

        if (!roles.Contains("server") && options.Brokers.IsEmpty)
        {
            host.Wrong(
                "roles",
                "lacks server, and eco.brokers names nobody by whom one could be reached",
                "name the brokers, or write roles = [\"server\", \"agent\"]");
        }

        if (options.Database.Length > 0 && options.Brokers.IsEmpty)
        {
            eco.Wrong("brokers", "is empty, and the servers that share a database need brokers between them", "name the brokers, or leave eco.server.database empty");
        }

        if (roles.IsEmpty || (roles.Contains("agent") && !roles.Contains("server") && options.Agents.IsEmpty))
        {
            eco.Wrong("agents", "is empty, so that this host has nothing to run", "write agents = [{ id = \"edge-1\" }]");
        }

        if (options.Agents.Length > 0 && !roles.Contains("agent"))
        {
            eco.Wrong("agents", "names agents, but the host has not the role agent", "write host.roles = [\"server\", \"agent\"]");
        }
    }

    private static string? ProblemOfId(string id) => IsId(id)
        ? null
        : "an id begins with a to z or 0 to 9, goes on with those, '.', '_' or '-', and has at most 64 characters";

    private static bool IsId(string text) =>
        text.Length is >= 1 and <= 64
        && text[0] is not ('.' or '_' or '-')
        && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '_' or '-');
}
