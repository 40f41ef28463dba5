namespace Eco.Host.Fuzzing;

/// <summary>SplitMix64: a seed for each input costs nothing, so that each input can be made again by itself.</summary>
internal sealed class FuzzRandom
{
    private ulong _state;

    public FuzzRandom(ulong seed) => _state = seed;

    public void Reseed(ulong seed) => _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 up to but not including the bound.</summary>
    public int Below(int bound) => (int)((Next() >> 33) % (ulong)bound);
}
