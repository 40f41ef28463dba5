namespace Eco.Runtime.Actors;

/// <summary>An actor that can put messages aside. The runtime sets the property after the constructor, before PreStart.</summary>
public interface IWithStash
{
    /// <summary>The actor's stash.</summary>
    IStash Stash { get; set; }
}
