using System.Collections.Immutable;
using System.Globalization;
using Eco.Actors.Agents;
using Eco.Actors.Agents.Proxies;
using Eco.Actors.Ions;
using Eco.Actors.Ions.Language;
using Eco.Actors.Ions.Nodes;
using Eco.Actors.Models;
using Eco.Actors.Timeline;
using Eco.Runtime.Actors;
using Eco.Runtime.Cluster;

namespace Eco.Actors.Console;

/// <summary>Carries out one request of the console and stops.</summary>
public sealed class ConsoleRequestActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(3);

    private readonly ConsolePorts _ports;
    private readonly ConsoleRequest _request;
    private readonly IActorRef? _asker;
    private readonly SortedDictionary<string, ImmutableArray<InstanceStatus>> _statuses = new(StringComparer.Ordinal);
    private IonParseResult? _parsed;
    private ImmutableArray<IonDiagnostic> _diagnostics = [];
    private DecideApproval? _decision;
    private ImmutableArray<string> _asked = [];
    private bool _isSubmitted;

    /// <summary>Makes the actor.</summary>
    public ConsoleRequestActor(ConsolePorts ports, ConsoleRequest request, IActorRef? asker)
    {
        _ports = ports;
        _request = request;
        _asker = asker;

        Receive<TimelineAnswered>(answered => Finish(answered.Reply with { Id = _request.Id }));
        Receive<TimelineFailed>(failed => Fail(ConsoleErrorCodes.State, failed.Reason, "run eco doctor"));
        Receive<TimelineRebuilt>(rebuilt => Finish(ConsoleJson.Reply(_request.Id, new RebuildView(rebuilt.Events))));
        Receive<AgentsListed>(OnAgents);
        Receive<IonAccepted>(OnAccepted);
        Receive<IonRefused>(refused => Fail(refused.Code, refused.Cause, refused.Cure));
        Receive<IonDescribed>(OnDescribed);
        Receive<ApprovalAccepted>(OnApproval);
        Receive<StatusReported>(OnStatus);
        Receive<Status.Failure>(OnFailure);
        Receive<StatusOver>(_ => FinishStatus());
        Receive<Overdue>(_ => Fail(
            ConsoleErrorCodes.NoHost, $"the host did not answer within {Patience.TotalSeconds:0} s", "see the host's log, or eco doctor"));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(Overdue), Overdue.Instance, Patience);
        switch (_request.Verb)
        {
            case ConsoleVerbs.IonSubmit or ConsoleVerbs.IonValidate:
                Load();
                break;
            case ConsoleVerbs.IonPause:
                ToIon(new PauseIon());
                break;
            case ConsoleVerbs.IonResume:
                ToIon(new ResumeIon());
                break;
            case ConsoleVerbs.IonDelete:
                ToIon(new DeleteIon());
                break;
            case ConsoleVerbs.Approve:
                Approve();
                break;
            case ConsoleVerbs.Status:
                _ports.Router.Tell(new ToEntity(AgentDirectoryActor.Id, new ListAgents()), Self);
                break;
            case ConsoleVerbs.TimelineRebuild:
                _ports.Timeline.Tell(new RebuildTimeline(), Self);
                break;
            case ConsoleVerbs.HostStop:
                Finish(new ConsoleReply(_request.Id, null, null));
                _ports.Stop();
                break;
            case ConsoleVerbs.IonDiff or ConsoleVerbs.IonList or ConsoleVerbs.IonShow or ConsoleVerbs.Agents
                or ConsoleVerbs.Models or ConsoleVerbs.WhoHas or ConsoleVerbs.Timeline:
                _ports.Store.Query(new QueryTimeline(1, _request), Self);
                break;
            default:
                Fail(ConsoleErrorCodes.Usage, $"'{_request.Verb}' is no verb", "see eco --help");
                break;
        }
    }

    private void Load()
    {
        string file = _request.Arguments.GetValueOrDefault("file") ?? "ion";
        _parsed = IonParser.Parse(_request.Body ?? string.Empty, file, _ports.Engines);
        _diagnostics = _parsed.Diagnostics;
        _ports.Router.Tell(new ToEntity(AgentDirectoryActor.Id, new ListAgents()), Self);
    }

    private void OnFailure(Status.Failure failure)
    {
        if (_request.Verb == ConsoleVerbs.IonSubmit && !_isSubmitted)
        {
            // Nobody answers for the directory just now. What it would warn of may change with the next agent that joins; the ION need not wait for it.
            Submit();
            return;
        }

        Finish(ConsoleFailures.Of(_request.Id, failure.Cause, ConsoleErrorCodes.Internal));
    }

    private void OnAgents(AgentsListed listed)
    {
        if (_request.Verb == ConsoleVerbs.Status)
        {
            AskAgents(listed);
            return;
        }

        IonDefinition? definition = _parsed!.Definition;
        if (definition is not null)
        {
            _diagnostics = _diagnostics.AddRange(IonValidator.CheckSelectors(definition, listed.Agents, _parsed.Positions));
        }

        Submit();
    }

    private void Submit()
    {
        IonDefinition? definition = _parsed!.Definition;
        ImmutableArray<FindingView> findings = [.. _diagnostics.Select(Finding)];
        bool valid = definition is not null && findings.All(finding => finding.Severity != "error");
        if (_request.Verb == ConsoleVerbs.IonValidate)
        {
            Finish(ConsoleJson.Reply(_request.Id, new ValidationView(_parsed.Id, valid, true, findings)));
            return;
        }

        if (!valid)
        {
            IEnumerable<string> lines = findings.Where(finding => finding.Severity == "error")
                .Select(finding => finding.Hint.Length == 0
                    ? $"{finding.Where}: {finding.Message}"
                    : $"{finding.Where}: {finding.Message} ({finding.Hint})");
            Fail(ConsoleErrorCodes.Invalid, string.Join('\n', lines), "correct the file; eco ion validate shows all findings");
            return;
        }

        _isSubmitted = true;
        _ports.Router.Tell(new ToEntity(IonActor.IdOf(definition!.Id), new SubmitIon(definition, _request.Body!)), Self);
    }

    private void OnAccepted(IonAccepted accepted)
    {
        if (_request.Verb == ConsoleVerbs.IonSubmit)
        {
            Finish(ConsoleJson.Reply(_request.Id, new SubmissionView(
                accepted.Ion,
                accepted.Version,
                accepted.Changes,
                [.. _diagnostics.Select(Finding).Select(finding => $"{finding.Where}: {finding.Message}")])));
            return;
        }

        string state = _request.Verb switch
        {
            ConsoleVerbs.IonPause => "paused",
            ConsoleVerbs.IonDelete => "deleted",
            _ => "running",
        };
        Finish(ConsoleJson.Reply(_request.Id, new IonView(
            accepted.Ion, accepted.Version, state, string.Empty, Context.System.TimeProvider.GetUtcNow())));
    }

    private void Approve()
    {
        if (!Names(out string ion))
        {
            return;
        }

        string decision = _request.Arguments.GetValueOrDefault("decision") ?? "approve";
        if (decision is not ("approve" or "reject"))
        {
            Fail(ConsoleErrorCodes.Usage, $"'{decision}' is no decision", "use approve or reject");
            return;
        }

        long version = 0;
        if (_request.Arguments.TryGetValue("version", out string? text)
            && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version))
        {
            Fail(ConsoleErrorCodes.Usage, $"'{text}' is no version", "give a whole number; see eco models");
            return;
        }

        _decision = new DecideApproval(
            version,
            decision == "approve",
            _request.Arguments.GetValueOrDefault("by") ?? "operator",
            _request.Arguments.GetValueOrDefault("reason") ?? string.Empty);
        _ports.Router.Tell(new ToEntity(IonActor.IdOf(ion), new DescribeIon()), Self);
    }

    private void OnDescribed(IonDescribed described)
    {
        string ion = _request.Arguments["ion"];
        if (described.Definition is not { } definition)
        {
            Fail(ConsoleErrorCodes.NotFound, $"no ION '{ion}' runs here", "see eco ion list");
            return;
        }

        string? model = _request.Arguments.GetValueOrDefault("model");
        ImmutableArray<string> nodes = [.. definition.Nodes
            .Where(node => node.Policy?.Kind == PolicyKind.Approval)
            .Select(node => node.Name)
            .Where(name => model is null || definition.Links.Any(link => link.To.Node == name && link.From.ToString() == model))];
        switch (nodes)
        {
            case []:
                Fail(
                    ConsoleErrorCodes.Refused,
                    model is null ? $"'{ion}' has no approval policy" : $"no approval policy of '{ion}' gets the model '{model}'",
                    "see eco ion show");
                break;
            case [var node]:
                _ports.Router.Tell(new ToEntity(IonNodeActor.IdOf(ion, node), _decision!), Self);
                break;
            default:
                Fail(
                    ConsoleErrorCodes.Usage,
                    $"'{ion}' has {nodes.Length} approval policies: {string.Join(", ", nodes)}",
                    "say which model is meant; see eco models");
                break;
        }
    }

    private void OnApproval(ApprovalAccepted accepted)
    {
        ModelReference model = accepted.Model;
        Finish(ConsoleJson.Reply(_request.Id, new ModelView(
            _request.Arguments["ion"],
            model.Name,
            model.Version,
            model.Hash,
            model.Kind,
            accepted.Approved ? "approved" : "rejected",
            model.Size(),
            Context.System.TimeProvider.GetUtcNow())));
    }

    private void AskAgents(AgentsListed listed)
    {
        string? only = _request.Arguments.GetValueOrDefault("agent");
        ImmutableArray<string> agents = [.. listed.Agents.Select(agent => agent.Id).Where(id => only is null || id == only)];
        if (only is not null && agents.IsEmpty)
        {
            Fail(ConsoleErrorCodes.NotFound, $"no agent '{only}' has joined", "see eco agents");
            return;
        }

        _asked = agents;
        foreach (string agent in agents)
        {
            _ports.Router.Tell(new ToEntity(AgentProxyActor.IdOf(agent), new QueryStatus()), Self);
        }

        Timers.StartSingleTimer(nameof(StatusOver), StatusOver.Instance, agents.IsEmpty ? TimeSpan.Zero : StatusPatience);
    }

    private void OnStatus(StatusReported status)
    {
        _statuses[status.Agent] = status.Instances;
        if (_statuses.Count == _asked.Length)
        {
            FinishStatus();
        }
    }

    private void FinishStatus()
    {
        DateTimeOffset now = Context.System.TimeProvider.GetUtcNow();
        Finish(ConsoleJson.Reply<ImmutableArray<InstanceView>>(
            _request.Id,
            [
                .. _statuses.SelectMany(entry => entry.Value.Select(instance => InstanceView.Of(entry.Key, instance, now))),
                .. _asked.Where(agent => !_statuses.ContainsKey(agent)).Select(agent => InstanceView.Silent(agent, StatusPatience, now)),
            ]));
    }

    private void ToIon(object command)
    {
        if (Names(out string ion))
        {
            _ports.Router.Tell(new ToEntity(IonActor.IdOf(ion), command), Self);
        }
    }

    private bool Names(out string ion)
    {
        ion = _request.Arguments.GetValueOrDefault("ion") ?? string.Empty;
        if (IonLimits.IsName(ion))
        {
            return true;
        }

        Fail(ConsoleErrorCodes.Usage, $"'{ion}' is no ION id", "give the id that eco ion list shows");
        return false;
    }

    private static FindingView Finding(IonDiagnostic diagnostic) => new(
        diagnostic.Severity.ToString().ToLowerInvariant(),
        diagnostic.Where,
        diagnostic.Path,
        diagnostic.Message,
        diagnostic.Hint ?? string.Empty);

    private void Fail(string code, string cause, string cure) => Finish(ConsoleJson.Failure(_request.Id, code, cause, cure));

    private void Finish(ConsoleReply reply)
    {
        _asker?.Tell(reply);
        Context.Stop(Self);
    }

    private sealed record Overdue
    {
        public static Overdue Instance { get; } = new();
    }

    private sealed record StatusOver
    {
        public static StatusOver Instance { get; } = new();
    }
}
