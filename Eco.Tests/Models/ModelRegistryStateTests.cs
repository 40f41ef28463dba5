using Eco.Actors.Models;
using Eco.Runtime.Cluster;
using Eco.Tests.Ions;
using NUnit.Framework;

namespace Eco.Tests.Models;

public sealed class ModelRegistryStateTests
{
    private ModelRegistryState _state = ModelRegistryState.Empty;

    [SetUp]
    public void Begin() => _state = ModelRegistryState.Empty;

    [Test]
    public void Versions_WhenModelsAreRegistered_RiseByNameInTheOrderOfTheRequests()
    {
        Register(Domain.Model("a", 0, 1));
        Register(Domain.Model("b", 0, 2));
        Register(Domain.Model("a", 0, 3));

        Assert.That(Keep(1), Is.EqualTo(("a", 1L)));
        Assert.That(Keep(2), Is.EqualTo(("b", 1L)));
        Assert.That(Keep(3), Is.EqualTo(("a", 2L)));
        Assert.That(_state.Pending, Is.Empty);
    }

    [Test]
    public void Versions_WhenTheSameBytesAreRegisteredTwice_AreTwo()
    {
        Register(Domain.Model("a", 0, 1));
        Register(Domain.Model("a", 0, 1));

        Assert.That(new[] { Keep(1), Keep(1) }, Is.EqualTo(new[] { ("a", 1L), ("a", 2L) }));
        Assert.That(Do(new ArtifactKept(Domain.Model("a", 0, 1).Hash)).Events, Is.Empty, "none waits any more");
    }

    [Test]
    public void Register_WhenItsHashIsNotThatOfItsBytes_UsesTheTrueOneSoThatTheQueueGoesOn()
    {
        Register(Domain.Model("a", 0, 1) with { Hash = "wrong" });

        Assert.That(Keep(1), Is.EqualTo(("a", 1L)));
        Assert.That(_state.Hashes["a"][1], Is.EqualTo(ModelReference.HashOf([1])));
    }

    [Test]
    public void Mark_WhenAVersionIsKnown_NamesItsHash()
    {
        Register(Domain.Model("a", 0, 1));
        Keep(1);

        var marked = (ModelMarked)Do(new MarkModel("a", 1, ModelState.Approved)).Events.Single();

        Assert.That(marked, Is.EqualTo(new ModelMarked("a", 1, ModelReference.HashOf([1]), ModelState.Approved)));
    }

    [Test]
    public void Hashes_WhenThereAreVeryMany_KeepTheNewest()
    {
        for (int i = 0; i < ModelRegistryState.MaximumRemembered + 3; i++)
        {
            Register(Domain.Model("a", 0, 1));
            Keep(1);
        }

        Assert.That(_state.Hashes["a"], Has.Count.EqualTo(ModelRegistryState.MaximumRemembered));
        Assert.That(_state.Hashes["a"].Keys.First(), Is.EqualTo(4));
    }

    private void Register(ModelReference model) => Do(new RegisterModel("ion/f/edge", model, []));

    private (string Name, long Version) Keep(byte content)
    {
        ModelReference told = Do(new ArtifactKept(ModelReference.HashOf([content]))).Sent<ModelRegistered>("ion/f/edge").Single().Model;
        return (told.Name, told.Version);
    }

    private Decision Do(object command)
    {
        Decision decision = _state.Decide(command);
        _state = decision.Events.Aggregate(_state, (state, e) => state.Apply(e));
        return decision;
    }
}
