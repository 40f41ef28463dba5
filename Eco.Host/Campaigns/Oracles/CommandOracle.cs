using System.Globalization;
using Eco.Actors.Console;
using Eco.Actors.Ions;
using Eco.Host.Campaigns.Workload;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>
/// I1 for operators: a command that was accepted has taken effect exactly once, in the order in which it was given, however often and to
/// whomever it was repeated; what was refused has left nothing.
/// </summary>
internal sealed class CommandOracle : Oracle
{
    private readonly SortedDictionary<string, History> _histories = new(StringComparer.Ordinal);

    public override string Name => "I1 commands exactly once";

    /// <summary>Whether every ION that was given commands has finished.</summary>
    public bool AreAllCompleted => _histories.Values.All(history => history.IsCompleted);

    /// <summary>A command is about to be given for the first time.</summary>
    public void Begun(ClientCommand command) => HistoryOf(CampaignLayout.IonName(command.Ion)).Given.Add(command);

    /// <summary>A server has said that a command is done.</summary>
    public void Accepted(ClientCommand command)
    {
        History history = HistoryOf(CampaignLayout.IonName(command.Ion));
        if (history.Done < history.Given.Count)
        {
            Violate(string.Create(
                CultureInfo.InvariantCulture,
                $"{command.Verb} {command.Number} of {CampaignLayout.IonName(command.Ion)} was accepted, and its journal has only {history.Done} of {history.Given.Count} commands"));
        }
    }

    /// <summary>A good command was refused.</summary>
    public void RefusedGood(ClientCommand command, ConsoleError error) => Violate(string.Create(
        CultureInfo.InvariantCulture,
        $"{command.Verb} {command.Number} of {CampaignLayout.IonName(command.Ion)} was refused: {error.Code}: {error.Cause}"));

    /// <summary>What is no ION was accepted.</summary>
    public void AcceptedBad() => Violate("an ION that does not pass was accepted");

    public override void Committed(JournalCommit commit)
    {
        if (!commit.Entity.StartsWith("ion/", StringComparison.Ordinal) || commit.Request.Events.IsEmpty || commit.Entity.LastIndexOf('/') != 3)
        {
            return;
        }

        string ion = commit.Entity[4..];
        foreach (object e in commit.Events)
        {
            switch (e)
            {
                case IonSubmitted:
                    HistoryOf(ion).IsCompleted = false;
                    Effect(ion, ClientVerb.Submit);
                    break;
                case IonCompleted:
                    HistoryOf(ion).IsCompleted = true;
                    break;
                case IonNodeFinished { Finished: false }:
                    HistoryOf(ion).IsCompleted = false;
                    break;
                case IonHoldChanged hold when hold.Held != HistoryOf(ion).IsHeld:
                    // Where it says what holds already it tells the timeline of a new version, or of an ION that goes on.
                    HistoryOf(ion).IsHeld = hold.Held;
                    Effect(ion, hold.Held ? ClientVerb.Pause : ClientVerb.Resume);
                    break;
            }
        }
    }

    public override void Ended()
    {
        foreach ((string ion, History history) in _histories)
        {
            if (history.Done != history.Given.Count)
            {
                Violate(string.Create(CultureInfo.InvariantCulture, $"{ion} was given {history.Given.Count} commands and has carried out {history.Done}"));
            }
        }
    }

    private void Effect(string ion, ClientVerb verb)
    {
        History history = HistoryOf(ion);
        if (history.Done >= history.Given.Count)
        {
            Violate($"{ion} carries out {verb}, which nobody has asked for since its last command");
        }
        else if (history.Given[history.Done].Verb != verb)
        {
            Violate($"{ion} carries out {verb} where {history.Given[history.Done].Verb} is due");
        }

        history.Done++;
    }

    private History HistoryOf(string ion)
    {
        if (!_histories.TryGetValue(ion, out History? history))
        {
            _histories.Add(ion, history = new History());
        }

        return history;
    }

    private sealed class History
    {
        public List<ClientCommand> Given { get; } = [];

        public int Done { get; set; }

        public bool IsHeld { get; set; }

        public bool IsCompleted { get; set; }
    }
}
