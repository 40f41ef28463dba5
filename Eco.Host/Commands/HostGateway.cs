using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Eco.Actors.Console;
using Eco.Host.ConsoleSocket;
using Eco.Host.Fleet;
using Eco.Host.State;

namespace Eco.Host.Commands;

/// <summary>Gets verbs answered: by the host that runs on the state directory or, where none runs and the verb only reads, from the directory itself.</summary>
internal sealed class HostGateway(StateDirectory state, CommandServices services)
{
    /// <summary>The verbs that are answered from the state directory when no host runs.</summary>
    private static readonly ImmutableHashSet<string> Reading =
    [
        ConsoleVerbs.IonDiff, ConsoleVerbs.IonList, ConsoleVerbs.IonShow, ConsoleVerbs.Agents, ConsoleVerbs.Models, ConsoleVerbs.WhoHas,
        ConsoleVerbs.Timeline,
    ];

    /// <summary>Gets a verb answered.</summary>
    /// <exception cref="CommandException">The answer is an error, or nobody can give one.</exception>
    public async Task<JsonElement> AskAsync(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, CancellationToken cancellation)
    {
        ConsoleReply reply = await TryHostAsync(verb, arguments, body, cancellation).ConfigureAwait(false)
            ?? (Reading.Contains(verb)
                ? LocalState.Answer(state, new ConsoleRequest(1, verb, arguments, body))
                : throw NoHost());
        return reply.Error is { } error ? throw new CommandException(error) : reply.Data ?? default;
    }

    /// <summary>Gets a verb answered and reads the view.</summary>
    public async Task<(JsonElement Json, T View)> AskAsync<T>(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        JsonElement data = await AskAsync(verb, arguments, body, cancellation).ConfigureAwait(false);
        try
        {
            return (data, data.Deserialize(type) ?? throw new JsonException("the answer is null"));
        }
        catch (JsonException error)
        {
            throw new CommandException(
                ConsoleErrorCodes.Internal,
                $"the answer to '{verb}' cannot be read: {error.Message}",
                "use the version of eco that runs the host ('eco version')",
                error);
        }
    }

    /// <summary>A host's answer; null where no host runs.</summary>
    public async Task<ConsoleReply?> TryHostAsync(
        string verb, ImmutableSortedDictionary<string, string> arguments, string? body, CancellationToken cancellation)
    {
        await using ConsoleClient? client = await ConnectAsync(cancellation).ConfigureAwait(false);
        return client is null ? null : await client.AskAsync(verb, arguments, body, cancellation).ConfigureAwait(false);
    }

    /// <summary>A connection to the host, or to a server of the cluster that <c>eco up</c> has started there; null where none runs.</summary>
    public async Task<ConsoleClient?> ConnectAsync(CancellationToken cancellation)
    {
        foreach (StateDirectory candidate in (IEnumerable<StateDirectory>)[state, .. EcoFleet.ServerStates(state.Root)])
        {
            if (await ConsoleClient.TryConnectAsync(candidate, services.Socket, services.Time, cancellation).ConfigureAwait(false) is { } client)
            {
                return client;
            }
        }

        return null;
    }

    public CommandException NoHost() => new(
        ConsoleErrorCodes.NoHost,
        $"no host runs on the state directory '{state.Name}'",
        "start one with 'eco host -c FILE' ('eco new DIR' writes a FILE), or name its directory with --state DIR");
}
