using System.Globalization;
using System.Runtime.InteropServices;
using Eco.Actors.Timeline.Sql;
using Eco.Host.Composition;
using Eco.Host.ConsoleSocket;
using Eco.Host.Fleet;
using Eco.Host.Output;
using Eco.Host.State;
using Eco.Runtime.Persistence.Journals;
using Eco.Runtime.Persistence.Sqlite;
using Microsoft.Data.Sqlite;

namespace Eco.Host.Commands;

/// <summary>How a check of <c>eco doctor</c> ended.</summary>
internal enum DoctorOutcome
{
    Ok,
    Warn,
    Fail,
}

/// <summary>One line of <c>eco doctor</c>.</summary>
/// <param name="Name">Stable.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Text">What was found.</param>
/// <param name="Cure">What to do; empty where all is well.</param>
internal sealed record DoctorCheck(string Name, DoctorOutcome Outcome, string Text, string Cure);

/// <summary>Looks at what a host needs; changes nothing.</summary>
internal sealed class Doctor(StateDirectory state, CommandServices services, HostGateway host)
{
    private const long TightBytes = 1L << 30;
    private const long TooLittleBytes = 100L << 20;

    /// <summary>Looks at everything.</summary>
    /// <param name="options">The host's configuration; null: what lies outside of this machine is not looked at.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<IReadOnlyList<DoctorCheck>> ExamineAsync(HostOptions? options, CancellationToken cancellation)
    {
        bool held = state.Exists && StateLock.IsHeld(state);
        var checks = new List<DoctorCheck> { Sdk(), Terminal(), StateWritable(), DiskSpace(), Lock(held) };
        checks.Add(await SocketAsync(held, cancellation).ConfigureAwait(false));
        checks.AddRange(state.WithJournal().Select(Journal));
        checks.AddRange(Members());
        checks.Add(Clock());
        if (options is { Brokers.IsEmpty: false })
        {
            checks.AddRange(await BrokersAsync(options, cancellation).ConfigureAwait(false));
        }

        if (options is { Database.Length: > 0 })
        {
            checks.Add(DbCommands.Examine(options));
        }

        return checks;
    }

    private Task<DoctorCheck[]> BrokersAsync(HostOptions options, CancellationToken cancellation)
    {
        string password = SecretFile.OfBrokers(options);
        return Task.WhenAll(options.Brokers.Select(broker => BrokerCheck.RunAsync(broker, options.HostId, password, services.Time, cancellation)));
    }

    /// <summary>The processes of a cluster that <c>eco up</c> has started here.</summary>
    private IEnumerable<DoctorCheck> Members() => (EcoFleet.Load(state.Root)?.Members ?? []).Select(member => member.IsAlive
        ? Ok(member.Name, $"process {Plain.Number((long)member.Pid)} runs")
        : new DoctorCheck(
            member.Name,
            DoctorOutcome.Fail,
            member.Pid == 0 ? "was never started" : $"process {Plain.Number((long)member.Pid)} has ended; its log is in '{member.Folder}'",
            "start what does not run: eco up, with the arguments that the cluster was made with"));

    private static DoctorCheck Ok(string name, string text) => new(name, DoctorOutcome.Ok, text, "");

    private static DoctorCheck Sdk()
    {
        // The shared framework lies in shared/Microsoft.NETCore.App/VERSION beside sdk/VERSION.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        string sdks = Path.Combine(root, "sdk");
        string? newest = Directory.Exists(sdks)
            ? Directory.EnumerateDirectories(sdks, "10.*").Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        return newest is not null
            ? Ok("sdk", $".NET SDK {newest}, {BuildInfo.Runtime}")
            : new DoctorCheck("sdk", DoctorOutcome.Warn, $"no .NET 10 SDK beside {BuildInfo.Runtime}", "only building needs it: install dotnet-sdk-10.0");
    }

    private DoctorCheck Terminal() => (services.Io.OutIsTerminal, services.Io.AllowColor) switch
    {
        (false, _) => Ok("terminal", "standard output is no terminal: plain lines"),
        (true, true) => Ok("terminal", $"{Plain.Number(services.Io.Width)} columns, colour"),
        (true, false) => new DoctorCheck(
            "terminal", DoctorOutcome.Warn, "a terminal without colour: no live displays", "unset NO_COLOR and set TERM to the terminal's type, if it has colour"),
    };

    private DoctorCheck StateWritable()
    {
        if (File.Exists(state.Root))
        {
            return new DoctorCheck("state", DoctorOutcome.Fail, $"'{state.Name}' is a file", "name a directory with --state DIR");
        }

        string folder = NearestExisting();
        try
        {
            string probe = Path.Combine(folder, $".eco-doctor-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            return Ok("state", state.Exists ? $"'{state.Name}' can be written" : $"'{state.Name}' does not exist yet and can be made");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new DoctorCheck(
                "state", DoctorOutcome.Fail, $"'{folder}' cannot be written: {error.Message}", "make it writable for this user, or use --state DIR");
        }
    }

    private DoctorCheck DiskSpace()
    {
        long free = new DriveInfo(NearestExisting()).AvailableFreeSpace;
        string text = $"{Plain.Bytes(free)} free";
        return free switch
        {
            < TooLittleBytes => new DoctorCheck("disk", DoctorOutcome.Fail, text, "free some space: a journal that cannot grow stops its host"),
            < TightBytes => new DoctorCheck("disk", DoctorOutcome.Warn, text, "free some space"),
            _ => Ok("disk", text),
        };
    }

    private DoctorCheck Lock(bool held) => held
        ? Ok("lock", StateLock.Owner(state) is { } pid ? $"process {Plain.Number(pid)} runs a host here" : "a host runs here")
        : Ok("lock", "no host runs here");

    private async Task<DoctorCheck> SocketAsync(bool held, CancellationToken cancellation)
    {
        try
        {
            await using ConsoleClient? client = await host.ConnectAsync(cancellation).ConfigureAwait(false);
            if (client is not null)
            {
                return Ok("socket", "the host listens");
            }

            return held
                ? new DoctorCheck("socket", DoctorOutcome.Fail, "a host runs but does not listen", "look at what it wrote to standard error; restart it")
                : Ok("socket", "nobody listens, as no host runs");
        }
        catch (CommandException error)
        {
            return new DoctorCheck("socket", DoctorOutcome.Fail, error.Error.Cause, error.Error.Cure);
        }
    }

    private DoctorCheck Journal(HostFolder folder)
    {
        string name = $"journal of {Path.GetRelativePath(state.Root, folder.Path)}";
        try
        {
            JournalVerification found = JournalVerifier.Verify(folder.Journal);
            return found.Problems.IsEmpty
                ? Ok(name, $"as acknowledged: {Plain.Number(found.Events)} events of {Plain.Number(found.Entities)} entities, {Plain.Bytes(new FileInfo(folder.Journal).Length)}")
                : new DoctorCheck(
                    name,
                    DoctorOutcome.Fail,
                    $"{found.Problems[0]}{(found.Problems.Length > 1 ? $" (and {Plain.Number(found.Problems.Length - 1)} more: eco audit verify)" : "")}",
                    found.Problems[0].Cure);
        }
        catch (JournalOpenException error)
        {
            return new DoctorCheck(name, DoctorOutcome.Fail, $"'{folder.Journal}' {error.Cause}", error.Cure);
        }
    }

    private DoctorCheck Clock()
    {
        DateTimeOffset now = services.Time.GetUtcNow();
        if (now.Year < 2025)
        {
            return new DoctorCheck("clock", DoctorOutcome.Fail, $"it is {Plain.Time(now)}?", "set the clock (NTP)");
        }

        if (File.Exists(state.Server.Timeline))
        {
            try
            {
                using TimelineReader reader = TimelineReader.Open(state.Server.Timeline, statistics: null, EngineCatalogue.Default.Descriptors);
                if (reader.NewestEvent() is { } newest && newest > now + TimeSpan.FromMinutes(1))
                {
                    return new DoctorCheck(
                        "clock", DoctorOutcome.Warn, $"it is {Plain.Time(now)}, before the newest event ({Plain.Time(newest)})", "set the clock (NTP); order is kept meanwhile");
                }
            }
            catch (SqliteException error)
            {
                return new DoctorCheck(
                    "clock", DoctorOutcome.Warn, $"the timeline cannot be read: {error.Message}", "start the host: it makes a damaged timeline anew from the journal");
            }
        }

        return Ok("clock", Plain.Time(now));
    }

    private string NearestExisting()
    {
        string folder = state.Root;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
        {
            folder = parent;
        }

        return folder;
    }
}
