namespace Eco.Host.Fuzzing;

/// <summary>A parser broke no rule of the runtime and yet is wrong: it lost what it had read, or failed without saying why.</summary>
internal sealed class FuzzDefectException(string message) : Exception(message);
