using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Simulation;

/// <summary>The crash points of one incarnation; what dying code still announces is not counted.</summary>
internal sealed class HostCrashPoints(SimulatedCrashPoints all, SimulatedHost host, HostScope scope) : ICrashPoints
{
    public void Reached(string point, string detail)
    {
        if (scope.IsAlive)
        {
            all.Announce(host, point, detail);
        }
    }
}
