namespace Eco.Tests.Campaigns.Mutants;

/// <summary>The planted bugs.</summary>
internal static class MutantList
{
    /// <summary>All of them.</summary>
    public static Mutant[] All { get; } =
    [
        new(
            "effect before append",
            "Eco.Runtime/Cluster/EntityActor.cs",
            "        Commit(\n            plan,\n            () =>\n            {\n                if (plan.Inbox is not null)",
            "        Post([.. rows], 0);\n        Commit(\n            plan,\n            () =>\n            {\n                if (plan.Inbox is not null)"),
        new(
            "acknowledgement before apply",
            "Eco.Runtime/Cluster/EntityActor.cs",
            "        long applied = _ledger.Applied(frame.From);\n        if (delivery.Ticket is { } ticket)",
            "        long applied = _ledger.Applied(frame.From) + 1;\n        if (delivery.Ticket is { } ticket)"),
        new(
            "no de-duplication",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "            return InboxVerdict.Duplicate;",
            "            return InboxVerdict.Apply;",
            "network"),
        new(
            "identity with the epoch in it",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "        if (ownerEpoch < row.OwnerEpoch)\n",
            "        row = ownerEpoch > row.OwnerEpoch ? new InboxRow(sender, 0, ownerEpoch) : row;\n        if (ownerEpoch < row.OwnerEpoch)\n",
            "crashes"),
        new(
            "no fence",
            "Eco.Runtime/Simulation/SimulatedJournalStorage.Checks.cs",
            "        Ownership owner = _owned[claimed.Partition];\n        return owner == claimed",
            "        Ownership owner = _owned[claimed.Partition];\n        return owner.Partition == claimed.Partition",
            "broker"),
        new(
            "claim without a new epoch",
            "Eco.Runtime/Simulation/SimulatedJournalStorage.cs",
            "_owned[partition].OwnerEpoch + 1, request.WriterId",
            "_owned[partition].OwnerEpoch + 0, request.WriterId",
            "crashes"),
        new(
            "order of hash codes",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "_lanes.Where(lane => lane.Value.Rows.Count > 0).Select(lane => lane.Key);",
            "_lanes.Where(lane => lane.Value.Rows.Count > 0).Select(lane => lane.Key).OrderBy(key => key.GetHashCode());",
            "network",
            NeedsTwin: true),
        new(
            "gap taken for the next message",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "return number == row.LastSequenceNr + 1 ? InboxVerdict.Apply : InboxVerdict.Gap;",
            "return number >= row.LastSequenceNr + 1 ? InboxVerdict.Apply : InboxVerdict.Gap;",
            "network"),
        new(
            "resend forgotten",
            "Eco.Runtime/Cluster/EntityActor.Sending.cs",
            "_ledger.Pending.Any(_ledger.Unconfirmed));\n        Keep(ProbeTimer, ProbeDue.Instance, _services.Options.ResendAtMost, _ledger.HasPending);",
            "_ledger.Pending.Any(_ledger.Unconfirmed) && _resendAfter < TimeSpan.Zero);\n        Keep(ProbeTimer, ProbeDue.Instance, _services.Options.ResendAtMost, _ledger.HasPending && _resendAfter < TimeSpan.Zero);",
            "network"),
        new(
            "inbox not in the transaction",
            "Eco.Runtime/Cluster/EntityActor.cs",
            "        plan = plan with { Events = decision.Events, Outbox = rows };",
            "        plan = plan with { Events = decision.Events, Outbox = rows, Inbox = rows.IsEmpty ? plan.Inbox : null };"),
        new(
            "outbox row removed at the broker's confirm",
            "Eco.Runtime/Cluster/EntityActor.cs",
            "_ledger.Confirm(confirmed.Receiver, confirmed.SequenceNr));",
            "OnAcknowledged(confirmed.Receiver, confirmed.SequenceNr));",
            "network"),
        new(
            "stale epoch accepted",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "        if (ownerEpoch < row.OwnerEpoch)\n",
            "        if (ownerEpoch < row.OwnerEpoch && number < 0)\n",
            "broker"),
        new(
            "snapshot with a wrong number",
            "Eco.Runtime/Persistence/PersistentActor.cs",
            "new StoredSnapshot(LastSequenceNr, manifest,",
            "new StoredSnapshot(LastSequenceNr - 1, manifest,"),
        new(
            "outbox forgotten at a restart",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "            lane.Rows.Add(row);\n            lane.Last = Math.Max(lane.Last, row.SequenceNr);",
            "            lane.Last = Math.Max(lane.Last, row.SequenceNr);",
            "crashes"),
        new(
            "inbox forgotten at a restart",
            "Eco.Runtime/Cluster/EntityLedger.cs",
            "            _inbox[row.Sender] = row;\n        }\n\n        foreach (InboxAttempt",
            "            _inbox[row.Sender] = row with { LastSequenceNr = 0 };\n        }\n\n        foreach (InboxAttempt",
            "crashes"),
        new(
            "merge round closed twice",
            "Eco.Actors/Ions/Rounds/MergeRoundsState.cs",
            "            Open = null,\n            Merging = new MergingRound(",
            "            Merging = new MergingRound("),
        new(
            "quorum off by one",
            "Eco.Actors/Ions/Rounds/MergeRoundsState.cs",
            "if (open.Received.Count < quorum)",
            "if (open.Received.Count < quorum - 1)",
            "network"),
        new(
            "late update counted",
            "Eco.Actors/Ions/Rounds/MergeRoundsState.cs",
            "if (late && rules.Late == LateUpdatePolicy.Discard)",
            "if (late && rules.Late == LateUpdatePolicy.Discard && update.Emission < 0)",
            "network"),
        new(
            "statistics acknowledged before they are stored",
            "Eco.Actors/Agents/Proxies/AgentProxyActor.cs",
            "        _statistics.Ingest(\n",
            "        Router.Tell(new PostVolatile(PersistenceId, AgentEntity, new StatisticsStored(State.Incarnation, number)), Self);\n        _statistics.Ingest(\n"),
        new(
            "drop not counted",
            "Eco.Runtime/Simulation/SimulatedStatisticsStorage.cs",
            "                _buffer[lowest].Dequeue();\n                _dropped[lowest]++;",
            "                _buffer[lowest].Dequeue();",
            "network"),
        new(
            "parked message forgotten",
            "Eco.Runtime/Cluster/EntityActor.Parking.cs",
            "new CommitPlan { Inbox = inbox, Parked = parked }",
            "new CommitPlan { Inbox = inbox, Parked = parked.Attempts < 0 ? parked : null }"),
        new(
            "time-out by the date",
            "Eco.Actors/Agents/Instances/NodeInstanceActor.cs",
            "Context.System.TimeProvider.GetElapsedTime(0);",
            "Context.System.TimeProvider.GetUtcNow() - DateTimeOffset.UnixEpoch;",
            "clocks"),
        new(
            "update left out of its round's result",
            "Eco.Actors/Ions/Rounds/MergeRoundsState.cs",
            "[.. merging.Updates.Select(update => update.Model.Hash)]",
            "[.. merging.Updates.Skip(1).Select(update => update.Model.Hash)]",
            "network"),
        new(
            "new installation keeps the incarnation",
            "Eco.Actors/Agents/Proxies/AgentProxyState.cs",
            "long incarnation = sameInstallation ? Incarnation : Incarnation + 1;",
            "long incarnation = sameInstallation || Incarnation > 0 ? Incarnation : Incarnation + 1;",
            "crashes"),
        new(
            "version left out",
            "Eco.Actors/Models/ModelRegistryState.cs",
            "Version = Versions.GetValueOrDefault(request.Model.Name) + 1",
            "Version = Versions.GetValueOrDefault(request.Model.Name) + 2",
            "calm"),
    ];
}
