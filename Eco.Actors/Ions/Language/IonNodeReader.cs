using System.Collections.Immutable;
using Eco.Engines.Abstractions;
using Eco.Runtime.Hocon;

namespace Eco.Actors.Ions.Language;

/// <summary>Reads one node.</summary>
internal static class IonNodeReader
{
    private const int MostSteps = 1_000_000_000;
    private const int MostAgents = 100_000;
    private const int MostFailures = 1_000;

    private static readonly TimeSpan LeastBackoff = TimeSpan.FromMilliseconds(1);

    public static NodeDefinition Read(string name, IonSection node, IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
    {
        bool policy = node.Has("policy");
        var definition = policy
            ? new NodeDefinition(name, null, ReadPolicy(node))
            : new NodeDefinition(name, ReadPipeline(node, engines), null);
        if (policy && (node.Has("components") || node.Has("engine") || node.Has("on") || node.Has("run")))
        {
            node.Wrong("policy", "a node is either a pipeline or a policy", "remove 'policy', or put the components into a node of their own");
        }

        node.RejectOthers();
        return definition;
    }

    private static PipelineNode ReadPipeline(IonSection node, IReadOnlyDictionary<string, ImmutableArray<ComponentDescriptor>> engines)
    {
        string? engine = node.Required("engine", engines.Count == 1 ? $"write engine = {engines.Keys.First()}" : "write engine = NAME, or policy = approval | gate");
        ImmutableArray<ComponentDescriptor>? types = null;
        if (engine is not null && engines.TryGetValue(engine, out var offered))
        {
            types = offered;
        }
        else if (engine is not null)
        {
            node.Wrong("engine", $"there is no engine '{engine}'", NearestName.Hint(engine, engines.Keys));
        }

        var components = node.Section("components");
        if (components is null && !node.Has("components"))
        {
            node.Findings.Error(node.Path, "'components' is missing", "write components { NAME { type = ... } }, or policy = approval | gate for a node that decides");
        }

        return new PipelineNode(
            engine ?? string.Empty,
            ReadSelector(node),
            ReadRun(node),
            components is null ? new PipelineSpec([]) : IonComponentReader.Read(components, types),
            ReadRounds(node),
            ReadRelaunch(node));
    }

    private static AgentSelector ReadSelector(IonSection node)
    {
        var empty = new AgentSelector([], null, null, ImmutableSortedDictionary<string, string>.Empty, [], 0);
        if (node.Section("on") is not { } on)
        {
            if (!node.Has("on"))
            {
                node.Findings.Error(node.Path, "'on' is missing: which agents run this node?", "write on { role = ... }");
            }

            return empty;
        }

        var selector = new AgentSelector(
            on.Texts("agents"),
            on.ShortText("site"),
            on.ShortText("role"),
            ReadLabels(on),
            on.Texts("capabilities"),
            on.Integer("limit", 0, 0, MostAgents));
        foreach (string agent in selector.Agents.Where(a => !IonLimits.IsName(a)))
        {
            on.Wrong("agents", $"'{agent}' is not an agent's id", IonParser.NameRule);
        }

        string[] conditions = ["agents", "site", "role", "labels", "capabilities"];
        if (conditions.All(c => on.Node(c) is null or HoconArray { Count: 0 } or HoconObject { Count: 0 }))
        {
            on.Findings.Error(on.Path, "the selector is empty: it would take every agent", "give at least one of agents, site, role, labels, capabilities");
        }

        on.RejectOthers();
        return selector;
    }

    private static ImmutableSortedDictionary<string, string> ReadLabels(IonSection on)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (on.Section("labels") is { } section)
        {
            foreach (var field in section.Fields)
            {
                if (HoconConversions.TryToText(field.Value, out string? value, out string? problem))
                {
                    labels[field.Key] = value;
                }
                else
                {
                    on.Findings.Error(field.Value.Position, section.PathOf(field.Key), problem);
                }
            }
        }

        return labels.ToImmutable();
    }

    private static RunMode ReadRun(IonSection node)
    {
        const string Forms = "write run { continuous { every = 100ms } }, run { schedule { every = 10s } } or run { event { signal = model } }";
        var fallback = new RunMode(RunKind.Continuous, IonLimits.DefaultContinuousInterval, null, OverlapPolicy.Skip, 1, null);
        if (node.Section("run") is not { } run)
        {
            if (!node.Has("run"))
            {
                node.Findings.Error(node.Path, "'run' is missing: when does this node run?", Forms);
            }

            return fallback;
        }

        string[] kinds = [.. new[] { "continuous", "schedule", "event" }.Where(run.Has)];
        if (kinds.Length != 1)
        {
            bool misspelt = kinds.Length == 0 && run.Source.Count > 0;
            if (!misspelt)
            {
                run.Findings.Error(run.Path, kinds.Length == 0 ? "it says nothing" : $"it has {string.Join(" and ", kinds)}; a node runs in one way", Forms);
            }

            run.RejectOthers();
            return fallback;
        }

        var mode = run.Section(kinds[0]) is not { } how ? fallback : kinds[0] switch
        {
            "continuous" => ReadContinuous(how),
            "schedule" => ReadSchedule(how),
            _ => ReadEvent(how),
        };
        run.RejectOthers();
        return mode;
    }

    private static RunMode ReadContinuous(IonSection how)
    {
        var every = how.Duration("every", IonLimits.DefaultContinuousInterval, IonLimits.MinInterval, IonLimits.MaxInterval);
        how.RejectOthers();
        return new RunMode(RunKind.Continuous, every, null, OverlapPolicy.Skip, 1, null);
    }

    private static RunMode ReadSchedule(IonSection how)
    {
        string? cron = how.ShortText("cron");
        bool every = how.Has("every");
        var interval = how.Duration("every", TimeSpan.Zero, IonLimits.MinInterval, IonLimits.MaxInterval);
        if (every == how.Has("cron"))
        {
            how.Findings.Error(how.Path, every ? "it has both 'every' and 'cron'" : "neither 'every' nor 'cron' is given", "write every = 10s or cron = \"*/5 * * * *\"");
        }

        if (cron is not null && IonSchedule.CheckCron(cron) is { } problem)
        {
            how.Wrong("cron", problem, "five fields: minute hour day-of-month month day-of-week, such as \"*/5 * * * *\"");
        }

        var overlap = how.Choice("overlap", OverlapPolicy.Skip);
        int steps = how.Integer("steps", 1, 0, MostSteps);
        how.RejectOthers();
        return new RunMode(RunKind.Schedule, interval, cron, overlap, steps, null);
    }

    private static RunMode ReadEvent(IonSection how)
    {
        if (!how.Has("signal"))
        {
            how.Findings.Error(how.Path, "'signal' is missing", "write signal = model | statistics | event | alert");
        }

        var signal = how.Choice("signal", SignalKind.Model);
        int steps = how.Integer("steps", 1, 0, MostSteps);
        how.RejectOthers();
        return new RunMode(RunKind.Event, TimeSpan.Zero, null, OverlapPolicy.Skip, steps, signal);
    }

    private static MergeRounds? ReadRounds(IonSection node)
    {
        if (node.Section("rounds") is not { } rounds)
        {
            return null;
        }

        int quorum = rounds.Integer("quorum", 0, 0, MostAgents);
        var deadline = rounds.Duration("deadline", IonLimits.DefaultDeadline, IonLimits.MinInterval, IonLimits.MaxInterval);
        var late = rounds.Choice("late", LateUpdatePolicy.Fold);
        rounds.RejectOthers();
        return new MergeRounds(quorum, deadline, late);
    }

    private static RelaunchPolicy ReadRelaunch(IonSection node)
    {
        var standard = RelaunchPolicy.Default;
        if (node.Section("relaunch") is not { } relaunch)
        {
            return standard;
        }

        var minimum = relaunch.Duration("min-backoff", standard.MinBackoff, LeastBackoff, IonLimits.MaxInterval);
        var maximum = relaunch.Duration("max-backoff", minimum > standard.MaxBackoff ? minimum : standard.MaxBackoff, LeastBackoff, IonLimits.MaxInterval);
        if (maximum < minimum)
        {
            relaunch.Wrong("max-backoff", $"is {IonText.Duration(maximum)}, less than min-backoff", $"at least {IonText.Duration(minimum)}");
        }

        int failures = relaunch.Integer("max-failures", standard.MaxFailures, 1, MostFailures);
        relaunch.RejectOthers();
        return new RelaunchPolicy(minimum, maximum, failures);
    }

    private static PolicyNode ReadPolicy(IonSection node)
    {
        var kind = node.Choice("policy", PolicyKind.Approval);
        var gate = node.Section("gate");
        bool isGate = node.Text("policy") == IonText.Name(PolicyKind.Gate);
        if (isGate && gate is null && !node.Has("gate"))
        {
            node.Findings.Error(node.Path, "'gate' is missing: which statistic must meet which bound?", "write gate { node = ..., statistic = COMPONENT.METRIC, at-most = ... }");
        }

        if (!isGate && gate is not null)
        {
            node.Wrong("gate", "only a gate has a bound", "write policy = gate, or remove this");
        }

        return new PolicyNode(kind, gate is null ? null : ReadGate(gate));
    }

    private static GateCondition ReadGate(IonSection gate)
    {
        string node = gate.Required("node", "write node = NAME of the node whose statistic is looked at") ?? string.Empty;
        string statistic = gate.Required("statistic", "write statistic = COMPONENT.METRIC") ?? string.Empty;
        bool most = gate.Has("at-most");
        if (most == gate.Has("at-least"))
        {
            gate.Findings.Error(gate.Path, most ? "it has both 'at-most' and 'at-least'" : "no bound is given", "write at-most = NUMBER or at-least = NUMBER");
        }

        double bound = gate.Number(most ? "at-most" : "at-least") ?? 0;
        gate.RejectOthers();
        return new GateCondition(node, statistic, most ? GateComparison.AtMost : GateComparison.AtLeast, bound);
    }
}
