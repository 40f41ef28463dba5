using Eco.Actors.Agents;
using Eco.Actors.Ions;
using Eco.Runtime.Cluster;
using Eco.Tests.Ions;
using NUnit.Framework;

namespace Eco.Tests.Agents;

public sealed class AgentDirectoryStateTests
{
    private AgentDirectoryState _state = AgentDirectoryState.Empty;

    [SetUp]
    public void Begin() => _state = AgentDirectoryState.Empty;

    [Test]
    public void Directory_WhenAnIonTracksAgents_TellsItOfThoseKnownAndThoseToCome()
    {
        Do(new AgentAnnounced(Domain.Profile("e1"), 1));

        Assert.That(Do(new TrackAgents("f")).Sent<AgentAvailable>("ion/f").Single().Profile.Id, Is.EqualTo("e1"));
        Assert.That(Do(new AgentAnnounced(Domain.Profile("e2"), 1)).Sent<AgentAvailable>("ion/f").Single().Profile.Id, Is.EqualTo("e2"));
        Do(new UntrackAgents("f"));
        Assert.That(Do(new AgentAnnounced(Domain.Profile("e3"), 1)).Sends, Is.Empty);
    }

    [Test]
    public void Directory_WhenAskedForAgents_ListsTheLatestProfilesInOrder()
    {
        Do(new AgentAnnounced(Domain.Profile("e2"), 1));
        Do(new AgentAnnounced(Domain.Profile("e1"), 1));
        Do(new AgentAnnounced(Domain.Profile("e2", "cloud"), 2));

        var listed = (AgentsListed)Do(new ListAgents()).Reply!;

        Assert.That(listed.Agents.Select(agent => (agent.Id, agent.Role)), Is.EqualTo(new[] { ("e1", "edge"), ("e2", "cloud") }));
    }

    private Decision Do(object command)
    {
        Decision decision = _state.Decide(command);
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }
}
