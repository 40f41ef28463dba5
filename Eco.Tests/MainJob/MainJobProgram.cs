namespace Eco.Tests.MainJob;

/// <summary>One small run of the main job, named by its trace hash; also what a second process runs.</summary>
internal static class MainJobProgram
{
    public const string Verb = "main-job";

    public static ulong Hash(uint seed)
    {
        using MainJobRun run = MainJobRun.Start(seed).Complete();
        return run.World.TraceHash;
    }
}
