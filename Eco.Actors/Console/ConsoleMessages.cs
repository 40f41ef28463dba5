using System.Collections.Immutable;
using System.Text.Json;

namespace Eco.Actors.Console;

/// <summary>A verb of the console, as it travels over the local socket: one JSON object per line.</summary>
/// <param name="Id">Chosen by the caller; comes back with each reply.</param>
/// <param name="Verb">One of <see cref="ConsoleVerbs"/>.</param>
/// <param name="Arguments">Named arguments of the verb.</param>
/// <param name="Body">A file's text, where the verb takes one.</param>
public sealed record ConsoleRequest(
    long Id,
    string Verb,
    ImmutableSortedDictionary<string, string> Arguments,
    string? Body = null);

/// <summary>The answer to a verb.</summary>
/// <param name="Id">The request's.</param>
/// <param name="Data">The verb's view as JSON, if it went well.</param>
/// <param name="Error">What went wrong, if it did.</param>
/// <param name="More">Whether further replies follow (live events).</param>
public sealed record ConsoleReply(long Id, JsonElement? Data, ConsoleError? Error, bool More = false);

/// <summary>Why a verb failed.</summary>
/// <param name="Code">Stable name; decides the exit code.</param>
/// <param name="Cause">One line.</param>
/// <param name="Cure">One line: what to do.</param>
public sealed record ConsoleError(string Code, string Cause, string Cure);

/// <summary>The stable codes of <see cref="ConsoleError"/>.</summary>
public static class ConsoleErrorCodes
{
    /// <summary>Wrong arguments.</summary>
    public const string Usage = "usage";

    /// <summary>An ION, agent or model with that name is not there.</summary>
    public const string NotFound = "not-found";

    /// <summary>An ION or configuration does not pass validation.</summary>
    public const string Invalid = "invalid";

    /// <summary>It is valid, but this version or this state refuses it.</summary>
    public const string Refused = "refused";

    /// <summary>No host runs on the state directory, or it does not answer.</summary>
    public const string NoHost = "no-host";

    /// <summary>The state directory is damaged, locked or unreadable.</summary>
    public const string State = "state";

    /// <summary>An unexpected failure.</summary>
    public const string Internal = "internal";
}

/// <summary>The verbs that a host answers. Reading verbs are also answered from the state directory when no host runs.</summary>
public static class ConsoleVerbs
{
    /// <summary>The verbs that bring new work to a server, and are refused while its disk is full.</summary>
    public static ImmutableArray<string> BringWork { get; } = [IonSubmit, IonResume, Approve];

    /// <summary>Body: HOCON. Arguments: <c>file</c>. Data: <see cref="SubmissionView"/>. Changing.</summary>
    public const string IonSubmit = "ion.submit";

    /// <summary>Body: HOCON. Arguments: <c>file</c>. Data: <see cref="ValidationView"/> with selectors checked. Needs a host.</summary>
    public const string IonValidate = "ion.validate";

    /// <summary>Body: HOCON. Arguments: <c>file</c>. Data: <see cref="DiffView"/> against the running version. Reading.</summary>
    public const string IonDiff = "ion.diff";

    /// <summary>Data: array of <see cref="IonView"/>. Reading.</summary>
    public const string IonList = "ion.list";

    /// <summary>Arguments: <c>ion</c>. Data: <see cref="IonDetailView"/>. Reading.</summary>
    public const string IonShow = "ion.show";

    /// <summary>Arguments: <c>ion</c>. Data: <see cref="IonView"/>. Changing.</summary>
    public const string IonPause = "ion.pause";

    /// <summary>Arguments: <c>ion</c>. Data: <see cref="IonView"/>. Changing.</summary>
    public const string IonResume = "ion.resume";

    /// <summary>Arguments: <c>ion</c>. Data: <see cref="IonView"/>. Changing.</summary>
    public const string IonDelete = "ion.delete";

    /// <summary>
    /// Arguments: <c>ion</c>, <c>model</c> (a name; optional where the ION has one waiting), <c>version</c> (optional: the newest waiting),
    /// <c>by</c>, <c>decision</c> (approve or reject), <c>reason</c>. Data: <see cref="ModelView"/>. Changing.
    /// </summary>
    public const string Approve = "approve";

    /// <summary>Data: array of <see cref="AgentView"/>. Reading.</summary>
    public const string Agents = "agents";

    /// <summary>Arguments: <c>ion</c> (optional). Data: array of <see cref="ModelView"/>. Reading.</summary>
    public const string Models = "models";

    /// <summary>Arguments: <c>model</c>: a hash or its beginning, or <c>ion/name@version</c>. Data: <see cref="WhoHasView"/>. Reading.</summary>
    public const string WhoHas = "who-has";

    /// <summary>Arguments: <c>ion</c>, <c>agent</c>, <c>since</c> (ISO 8601), <c>limit</c>; all optional. Data: array of <see cref="EventView"/>. Reading.</summary>
    public const string Timeline = "timeline";

    /// <summary>Rebuilds the timeline from the journal. Data: <see cref="RebuildView"/>. Changing.</summary>
    public const string TimelineRebuild = "timeline.rebuild";

    /// <summary>Asks agents for their status now. Arguments: <c>agent</c> (optional). Data: array of <see cref="InstanceView"/>. Needs a host.</summary>
    public const string Status = "status";

    /// <summary>Live events until the connection ends: each reply's data is a <see cref="LiveView"/>. Needs a host.</summary>
    public const string Watch = "watch";

    /// <summary>Arguments: <c>receiver</c> (optional). Data: array of <see cref="ParkedView"/>. Needs a host.</summary>
    public const string ParkedList = "parked.list";

    /// <summary>Arguments: <c>id</c> or its beginning. Data: <see cref="ParkedDetailView"/>. Needs a host.</summary>
    public const string ParkedShow = "parked.show";

    /// <summary>Arguments: <c>id</c> or its beginning. Data: <see cref="ParkedSettledView"/>. Changing.</summary>
    public const string ParkedReplay = "parked.replay";

    /// <summary>Arguments: <c>id</c> or its beginning. Data: <see cref="ParkedSettledView"/>. Changing.</summary>
    public const string ParkedDrop = "parked.drop";

    /// <summary>Who shares the server's partitions, and what waits for them. Data: <see cref="ClusterView"/>. Needs a host.</summary>
    public const string Cluster = "cluster";

    /// <summary>Ends the host in order. Data: none. Changing.</summary>
    public const string HostStop = "host.stop";
}
