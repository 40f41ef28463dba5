namespace Eco.Runtime.Actors;

/// <summary>The sender of an Ask, which can be told that there will be no answer.</summary>
internal interface IAskPromise
{
    void Fail(Exception cause);
}
